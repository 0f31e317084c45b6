import Foundation
import Migrations
import Postgres
import Shadow
import Synchronization
import SystemPackage
import Testing

/// A kill at any moment: nothing half made is taken for a state, and after the next start nothing of it is left.
@Suite("A shadow whose server or user is killed", .serialized)
struct KilledShadowTests {
  private static let platform = Platform(.postgres)

  private func start(in directory: FilePath) async throws -> ShadowServer {
    try await ShadowServer.start(.init(directory: directory, binaries: ServerBinaries.best(), lifetime: .detached))
  }

  private func session<Value: Sendable>(
    _ server: ShadowServer, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let user = server.server.configuration.superuser
    return try await ShadowFixture.session(server.server.connectionString(database: "postgres", user: user), body)
  }

  /// What a look into the server finds besides whole states.
  private func rubbish(of server: ShadowServer) async throws -> [String] {
    try await session(server) { session in
      try await session.column(
        """
        select 'database ' || datname from pg_database
        where datname !~ '^(state_|template|postgres$)' or datconnlimit = -2
        union all
        select 'row ' || name from penstock.state where not exists (select from pg_database where datname = name)
        union all
        select 'files ' || name from pg_ls_dir('base') name
        where name ~ '^[0-9]+$' and not exists (select from pg_database where oid::text = name)
        """
      ).compactMap(\.self)
    }
  }

  private func tables(of shadow: ShadowDatabase) async throws -> [String?] {
    try await ShadowFixture.session(shadow.superuser) {
      try await $0.column("select tablename::text from pg_tables where schemaname = 'public' order by 1")
    }
  }

  @Test(
    "the server is killed while it is at something",
    .timeLimit(.minutes(2)),
    arguments: ["create database draft", "create database shadow", "create table c", "alter database draft"])
  func server(query: String) async throws {
    let migrations = ShadowFixture.migrations("create table a ();", "create table b ();", "create table c ();")
    let first = try await start(in: ShadowFixture.directory())
    let directory = first.configuration.directory
    let process = try #require(await first.server.processID)

    try await session(first) { session in
      let isOver = Mutex(false)
      let running = Task {
        _ = try? await first.reset(platform: Self.platform, migrations: migrations)
        isOver.withLock { $0 = true }
      }
      let question = "select from pg_stat_activity where query ilike '%\(query)%' and pid <> pg_backend_pid()"
      // One that is too quick to be seen is killed when all is done.
      while try await session.query(question).isEmpty, !isOver.withLock({ $0 }) {}
      kill(process, SIGKILL)
      await running.value
    }
    let second = try await start(in: directory)
    #expect(try await rubbish(of: second) == [])
    let shadow = try await second.reset(platform: Self.platform, migrations: migrations)

    #expect(try await tables(of: shadow) == ["a", "b", "c"])
    try await second.release(shadow)
    #expect(try await rubbish(of: second) == [])
    try await second.stop()
    try await second.server.stop()
  }

  @Test("all connections are cut while a shadow is in use, and it is swept away by the next to start")
  func connections() async throws {
    let migrations = ShadowFixture.migrations("create table a ();")
    let first = try await start(in: ShadowFixture.directory())
    let shadow = try await first.reset(platform: Self.platform, migrations: migrations)
    try await session(first) { session in
      _ = try await session.query(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name like 'penstock shadow%'")
    }

    let second = try await start(in: first.configuration.directory)

    #expect(try await rubbish(of: second) == [])
    let other = try await second.reset(platform: Self.platform, migrations: migrations)
    #expect(other.replayed == 0)
    // The first finds that it is not known any more, and goes on.
    await first.giveBack(shadow, for: migrations)
    #expect(try await first.revive())
    let again = try await first.reset(platform: Self.platform, migrations: migrations)
    #expect(try await tables(of: again) == ["a"])
    try await second.server.stop()
  }

  @Test("a state whose dropping was cut short is none")
  func invalidState() async throws {
    let migrations = ShadowFixture.migrations("create table a ();")
    let server = try await start(in: ShadowFixture.directory())
    try await server.release(server.reset(platform: Self.platform, migrations: migrations))
    _ = try await session(server) { session in
      // As the server marks it before it removes the files.
      try await session.execute(
        """
        update pg_database set datconnlimit = -2
        where datname in (select name from penstock.state order by last_used desc limit 1)
        """)
    }

    let shadow = try await server.reset(platform: Self.platform, migrations: migrations)

    #expect(shadow.replayed == 1)
    #expect(try await tables(of: shadow) == ["a"])
    try await server.release(shadow)
    #expect(try await rubbish(of: server) == [])
    try await server.server.stop()
  }

  @Test("the files of a database that was never finished are removed, and no others")
  func orphanedFiles() async throws {
    let first = try await start(in: ShadowFixture.directory())
    let folder = try await session(first) {
      try await $0.column("select current_setting('data_directory') || '/base/3999999999'")
    }
    let path = try #require(folder[0])
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)

    let second = try await start(in: first.configuration.directory)

    #expect(!FileManager.default.fileExists(atPath: path))
    let shadow = try await second.reset(platform: Self.platform, migrations: [])
    #expect(try await tables(of: shadow) == [])
    try await second.server.stop()
  }

  @Test("a private installation that was never finished is removed, and one that may be in the making is not")
  func unfinishedInstallation() async throws {
    let files = FileManager.default
    let directory = ShadowFixture.directory()
    let drafts = ["postgresql-15-0.1", "postgresql-15-0.2"].map {
      directory.appending("installation").appending($0).string
    }
    for draft in drafts { try files.createDirectory(atPath: draft + "/usr", withIntermediateDirectories: true) }
    try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: drafts[0])

    let shadow = try await start(in: directory)

    #expect(drafts.map(files.fileExists) == [false, true])
    try await shadow.server.stop()
  }

  @Test("who stops leaves what only it has as a state, and nothing else")
  func stopped() async throws {
    let migrations = ShadowFixture.migrations("create table a ();", "create table b ();")
    let first = try await start(in: ShadowFixture.directory())
    var shadow = try await first.reset(platform: Self.platform, migrations: [migrations[0]])
    try await shadow.apply([Application(migrations[1])], limits: TimeLimits()) { _ in }
    await first.giveBack(shadow, for: migrations)
    try await first.stop()

    let second = try await start(in: first.configuration.directory)

    #expect(try await rubbish(of: second) == [])
    let next = try await second.reset(platform: Self.platform, migrations: migrations)
    #expect(next.reused == 2 && next.replayed == 0)
    #expect(try await tables(of: next) == ["a", "b"])
    try await second.server.stop()
  }
}
