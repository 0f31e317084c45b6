import Foundation
import Postgres
import Shadow
import SystemPackage
import Testing

@Suite("The shadows of several repositories", .timeLimit(.minutes(2)))
struct RepositoryShadowsTests {
  @Test("each has roles, sessions and databases of its own, and sees none of another's")
  func apart() async throws {
    let shadows = RepositoryShadows(try await configuration(), of: ["one", "other"])
    let migrations = ShadowFixture.migrations("create role app; create table public.t ();")

    let one = try await shadows.take("one").server()
    let other = try await shadows.take("other").server()
    let first = try await one.reset(platform: Platform(.supabase), migrations: migrations)
    let second = try await other.reset(platform: Platform(.supabase), migrations: [])
    let seen = try await ShadowFixture.session(first.superuser) { _ in
      try await ShadowFixture.session(second.superuser) {
        try await $0.column(
          """
          select rolname from pg_roles where rolname = 'app'
          union all select datname from pg_database where datname = '\(first.name)'
          union all select application_name from pg_stat_activity where datname = '\(first.name)'
          """)
      }
    }
    let third = try await other.reset(platform: Platform(.supabase), migrations: migrations)
    await shadows.stop()

    #expect(seen == [])
    #expect(third.replayed == 1)
  }

  @Test("a name that is no file's, or a long one, has a folder of its own, and the installation is all repositories'")
  func folders() throws {
    let names = ["one", "../one", String(repeating: "one", count: 20), ".."]

    let folders = Set(names.map { ShadowServers.folder(forMajor: 15, of: $0, in: "/shadow") })

    #expect(folders.count == names.count)
    #expect(folders.contains("/shadow/server-15-one"))
    #expect(folders.allSatisfy { $0.removingLastComponent() == "/shadow" && $0.string.utf8.count <= 50 })
  }

  @Test(
    "those that nobody has used for longest stop, and start again, with what they knew, for whoever takes them next")
  func idle() async throws {
    let shadows = RepositoryShadows(try await configuration(), of: ["one", "other", "third"], idleLimit: 1)
    let migrations = ShadowFixture.migrations("create table public.t ();")
    let one = try await shadows.take("one").server()
    let shadow = try await one.reset(platform: Platform(.supabase), migrations: migrations)
    await one.giveBack(shadow, for: migrations)
    _ = try await shadows.take("third").server()

    await shadows.leave("one")
    let other = try await shadows.take("other").server()
    #expect(await one.server.processID != nil)
    await shadows.leave("other")

    // Waits for the end of the stop, as a run does.
    let again = try await shadows.take("one").server()
    #expect(await one.server.processID == nil)
    #expect(await other.server.processID != nil)
    #expect(try await again.reset(platform: Platform(.supabase), migrations: migrations).replayed == 0)
    await shadows.stop()
    for server in [again, other] { #expect(await server.server.processID == nil) }
  }

  @Test("a folder that is no repository's is removed, unless somebody uses it")
  func sweep() async throws {
    let files = FileManager.default
    let configuration = try await configuration()
    let (directory, binaries) = (configuration.directory, configuration.installed[0])
    func folder(_ name: String?) -> FilePath {
      ShadowServers.folder(forMajor: binaries.major, of: name, in: directory)
    }
    for name in [nil, "one", "gone"] {
      try await ShadowServer.start(.init(directory: directory, name: name, binaries: binaries)).stop()
    }
    let process = try await ShadowServer.start(.init(directory: directory, name: "process", binaries: binaries))
    let detached = try await ShadowServer.start(
      .init(directory: directory, name: "detached", binaries: binaries, lifetime: .detached))
    let shadows = RepositoryShadows(configuration, of: ["one"])

    await shadows.sweep()

    #expect(
      [nil, "one", "gone", "process", "detached"].map { files.fileExists(atPath: folder($0).string) }
        == [false, true, false, true, true])
    for server in [process, detached] { #expect(try await !server.revive()) }
    try await process.stop()
    try await detached.server.stop()
    await shadows.sweep()
    #expect(!files.fileExists(atPath: folder("process").string) && !files.fileExists(atPath: folder("detached").string))
  }

  private func configuration() async throws -> ShadowServers.Configuration {
    .init(directory: ShadowFixture.directory(), installed: [try await ServerBinaries.best()])
  }
}
