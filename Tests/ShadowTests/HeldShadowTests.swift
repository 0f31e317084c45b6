import Migrations
import Postgres
import Shadow
import Testing

/// Each shadow that is handed out holds the cluster's roles, until it is given back; nothing else does.
@Suite("Shadows that are handed out")
struct HeldShadowTests {
  private static let platform = Platform(.postgres)
  private let migrations = ShadowFixture.migrations("create table a ();")

  private func withServer(_ body: (ShadowServer) async throws -> Void) async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    try await body(server)
    try await server.stop()
  }

  private func column(_ server: ShadowServer, _ sql: String) async throws -> [String?] {
    let user = server.server.configuration.superuser
    return try await ShadowFixture.session(server.server.connectionString(database: "postgres", user: user)) {
      try await $0.column(sql)
    }
  }

  /// The databases that are in use.
  private func shadows(_ server: ShadowServer) async throws -> [String?] {
    try await column(server, "select datname::text from pg_database where datname ~ '^(shadow|draft)_'")
  }

  /// Whether nobody holds the roles.
  private func areRolesFree(_ server: ShadowServer) async throws -> Bool {
    try await column(
      server,
      """
      select 'held' from pg_locks
      where locktype = 'advisory' and classid = x'50454e53'::int::oid and objid = '4294967294' and objsubid = 2
      """
    ).isEmpty
  }

  private func cancelled<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async -> Result<Value, any Error> {
    await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await body()
    }.result
  }

  @Test("a reset that is cancelled leaves the shadow that stands ready to the next")
  func cancelledReset() async throws {
    try await withServer { server in
      let shadow = try await server.reset(platform: Self.platform, migrations: migrations)
      await server.giveBack(shadow, for: migrations)
      let next = try await server.reset(platform: Self.platform, migrations: migrations)
      await server.giveBack(next, for: migrations)
      // Waits until it stands ready.
      try await server.release(server.reset(platform: Self.platform, migrations: []))

      let result = await cancelled { [migrations] in
        try await server.reset(platform: Self.platform, migrations: migrations)
      }

      #expect(throws: (any Error).self) { try result.get() }
      #expect(try await areRolesFree(server))
      let again = try await server.reset(platform: Self.platform, migrations: migrations)
      #expect(again.name == shadow.name)
      #expect(try await shadows(server) == [shadow.name])
    }
  }

  @Test("one is released in a cancelled task, too")
  func cancelledRelease() async throws {
    try await withServer { server in
      let shadow = try await server.reset(platform: Self.platform, migrations: migrations)

      let result = await cancelled { try await server.release(shadow) }

      #expect(throws: Never.self) { try result.get() }
      #expect(try await shadows(server) == [])
      #expect(try await areRolesFree(server))
    }
  }

  @Test("what one holds is let go once, and held again by a server that was started anew", .timeLimit(.minutes(2)))
  func revival() async throws {
    try await withServer { server in
      let first = try await server.reset(platform: Self.platform, migrations: migrations)
      let second = try await server.reset(platform: Self.platform, migrations: migrations)
      let ready = try await server.reset(platform: Self.platform, migrations: migrations)
      await server.giveBack(ready, for: migrations)
      _ = try await column(
        server,
        """
        select pg_terminate_backend(pid, 10000)::text from pg_stat_activity
        where application_name like 'penstock shadow%'
        """)

      #expect(try await server.revive())
      #expect(try await !areRolesFree(server))
      try await server.release(first)
      try await server.release(first)
      #expect(try await !areRolesFree(server))
      try await server.release(second)
      #expect(try await areRolesFree(server))
    }
  }
}
