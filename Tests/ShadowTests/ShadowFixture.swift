import FoundationEssentials
import Glibc
import Migrations
import Postgres
import Shadow
import SystemPackage
import Testing

/// What the tests of this target share: one shadow server, and short ways to try SQL on it.
enum ShadowFixture {
  /// The server that tests share, started by the first; it ends with the process.
  static func server() async throws -> ShadowServer {
    try await starting.value
  }

  // Never cancelled: all tests wait for the same server.
  private static let starting = Task {
    try await ShadowServer.start(
      .init(directory: directory(), binaries: ServerBinaries.best(), cacheLimit: 4 << 30))
  }

  /// Skips a test of what `postgres` may do on the platform only since PostgreSQL 15.
  static func requireGrantsOnParameters() async throws {
    let major = try await server().configuration.binaries.major
    if major < 15 { try Test.cancel("PostgreSQL \(major) has no GRANT ... ON PARAMETER") }
  }

  /// A folder for one server, named for this process.
  static func directory() -> FilePath {
    FilePath("\(root)/penstock-shadow-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
  }

  /// In memory, where the folders of processes that are gone have been removed.
  private static let root: String = {
    let files = FileManager.default
    let root = files.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    for name in (try? files.contentsOfDirectory(atPath: root)) ?? [] where name.hasPrefix("penstock-shadow-tests-") {
      let process = pid_t(name.split(separator: "-")[3]) ?? 0
      // Another test process may be removing the same folder: it is gone then, which is what matters.
      if kill(process, 0) != 0, errno == ESRCH { try? files.removeItem(atPath: "\(root)/\(name)") }
    }
    return root
  }()

  /// Migrations of these texts, versioned 1, 2, 3, ...
  static func migrations(_ texts: String...) -> [Migration] {
    texts.enumerated().map { index, text in
      let version = String(index + 1)
      return Migration(
        version: version, name: "step", path: "supabase/migrations/\(version)_step.sql", bytes: Array(text.utf8))
    }
  }

  /// A comment that no other test's migration has, so that its states are its own.
  static func unique() -> String { "-- \(UInt64.random(in: 0...UInt64.max))\n" }

  /// Runs `body` on a shadow with these migrations, and releases it.
  static func withShadow<Value: Sendable>(
    _ profile: Profile = .supabase, _ migrations: [Migration] = [],
    _ body: (ShadowDatabase) async throws -> Value
  ) async throws -> Value {
    let server = try await server()
    let shadow = try await server.reset(platform: Platform(profile), migrations: migrations)
    do {
      let value = try await body(shadow)
      try await server.release(shadow)
      return value
    } catch {
      try await server.release(shadow)
      throw error
    }
  }

  /// Runs `body` with a session of the migration role, on a shadow with these migrations.
  static func withSession<Value: Sendable>(
    _ profile: Profile = .supabase, _ migrations: [Migration] = [],
    _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    try await withShadow(profile, migrations) { try await session($0.migrationRole, body) }
  }

  static func session<Value: Sendable>(
    _ target: ConnectionString, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    try await Connection.with(target, as: "penstock tests", body)
  }
}

extension Connection {
  /// The first column of the answer, as text.
  func column(_ sql: String) async throws -> [String?] {
    try await query(sql).map { $0[$0.columns[0]] }
  }
}
