// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "penstock",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "penstock", targets: ["penstock"])
  ],
  dependencies: [
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
  ],
  targets: [
    // MARK: C libraries, as Debian installs them

    .systemLibrary(name: "CLibGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CPGQuery", providers: [.apt(["libpg-query-dev", "libprotobuf-c-dev"])]),

    // MARK: The house, from the ground up (see ARCHITECTURE.md)

    .target(
      name: "Basics",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto")
      ]
    ),
    .target(
      name: "Configuration",
      dependencies: ["Basics", .product(name: "Yams", package: "Yams")]
    ),
    .target(
      name: "Git",
      dependencies: [
        "Basics", "CLibGit2", "CLinux",
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .target(
      name: "Postgres",
      dependencies: [
        "Basics", "CLibPQ", "CLinux",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .target(name: "SQL", dependencies: ["Basics", "CPGQuery"]),
    .target(
      name: "Schema",
      dependencies: [
        "Basics", "Postgres",
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]
    ),
    .target(
      name: "Migrations",
      dependencies: ["Basics", "Postgres", "SQL", .product(name: "TOMLKit", package: "TOMLKit")]
    ),
    .target(
      name: "Shadow",
      dependencies: [
        "Basics", "Migrations", "Postgres", "SQL",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      resources: [.embedInCode("Resources")]
    ),
    .target(name: "Lint", dependencies: ["Basics", "Configuration", "SQL", "Schema"]),
    .target(
      name: "Pipeline",
      dependencies: [
        "Basics", "Configuration", "Git", "Lint", "Migrations", "Postgres", "SQL", "Schema", "Shadow",
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .target(
      name: "Daemon",
      dependencies: [
        "Basics", "CLinux", "Configuration", "Git", "Migrations", "Pipeline", "Postgres", "Schema", "Shadow",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .executableTarget(
      name: "penstock",
      dependencies: [
        "Basics", "Configuration", "Daemon", "Git", "Lint", "Migrations", "Pipeline", "Postgres", "SQL", "Schema",
        "Shadow",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      resources: [.embedInCode("Resources")]
    ),

    // MARK: Tests

    .target(
      name: "TestSupport",
      dependencies: [
        "Git", "Postgres",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .testTarget(name: "BasicsTests", dependencies: ["Basics"]),
    .testTarget(name: "ConfigurationTests", dependencies: ["Basics", "Configuration"]),
    .testTarget(name: "GitTests", dependencies: ["Basics", "Git", "TestSupport"]),
    .testTarget(name: "PostgresTests", dependencies: ["Basics", "Postgres", "TestSupport"]),
    .testTarget(name: "SQLTests", dependencies: ["Basics", "SQL"]),
    .testTarget(name: "SchemaTests", dependencies: ["Basics", "Postgres", "Schema", "TestSupport"]),
    .testTarget(name: "MigrationsTests", dependencies: ["Basics", "Migrations", "Postgres", "SQL", "TestSupport"]),
    .testTarget(
      name: "ShadowTests", dependencies: ["Basics", "Migrations", "Postgres", "SQL", "Shadow", "TestSupport"]),
    .testTarget(
      name: "LintTests", dependencies: ["Basics", "Lint", "Postgres", "SQL", "Schema", "TestSupport"]),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Basics", "Git", "Lint", "Migrations", "Pipeline", "Postgres", "Schema", "Shadow", "TestSupport",
      ]
    ),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Basics", "Configuration", "Daemon", "Git", "Lint", "Migrations", "Pipeline", "Postgres", "Schema", "Shadow",
        "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Basics", "Daemon", "Git", "Migrations", "Pipeline", "Postgres", "Schema", "Shadow", "TestSupport", "penstock",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  var settings = target.swiftSettings ?? []
  settings.append(.enableUpcomingFeature("ExistentialAny"))
  settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
  settings.append(.enableUpcomingFeature("MemberImportVisibility"))
  settings.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
  if Context.environment["CI"] != nil { settings.append(.treatAllWarnings(as: .error)) }
  target.swiftSettings = settings
}
