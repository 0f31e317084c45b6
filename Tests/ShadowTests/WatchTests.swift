import Migrations
import Postgres
import Shadow
import Testing

@Suite("A migration that does not end, or fills the disk")
struct WatchTests {
  @Test(
    "is stopped with the limit in words, and the next reset finds nothing of it", .timeLimit(.minutes(2)),
    arguments: [
      ("insert into t select repeat(md5(n::text), 30) from generate_series(1, 100000000) n;", "grew by"),
      ("select count(*) from (select * from generate_series(1, 1000000000) n order by n desc) s;", "MB"),
      ("set statement_timeout = 0; select pg_sleep(3600);", "took longer"),
      (
        """
        set statement_timeout = 0;
        do $$ begin
          loop begin perform pg_sleep(3600); exception when query_canceled then null; end; end loop;
        end $$;
        """, "took longer"
      ),
    ])
  func stopped(_ sql: String, _ words: String) async throws {
    let server = try await ShadowServer.start(
      .init(
        directory: ShadowFixture.directory(), binaries: ServerBinaries.best(), sizeLimit: 48 << 20,
        limits: TimeLimits(statement: .seconds(words == "took longer" ? 1 : 60))))
    let first = ShadowFixture.migrations("create table t (a text);")

    let failure = await #expect(throws: ApplyFailure.self) {
      try await server.reset(
        platform: Platform(.supabase),
        migrations: first + [Migration(version: "2", name: "x", path: "2_x.sql", bytes: Array(sql.utf8))])
    }
    let next = try await server.reset(platform: Platform(.supabase), migrations: first)
    let left = try await ShadowFixture.session(next.superuser) {
      try await $0.column(
        """
        select pid::text from pg_stat_activity where usename = 'postgres'
        union all select datname::text from pg_database where datname ~ '^draft_'
        """)
    }
    try await server.stop()

    #expect(failure?.path == "2_x.sql")
    #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    #expect(left == [])
  }

  @Test(
    "one that takes too much memory fails by itself, and the server goes on", .timeLimit(.minutes(2)),
    arguments: [
      "do $$ begin for n in 1..100000000 loop perform pg_notify('c', n || repeat('x', 7900)); end loop; end $$;",
      """
      do $$ declare texts text[] := '{}'; begin
        for n in 1..100 loop texts[n] := repeat(n::text, 20000000); end loop;
      end $$;
      """,
      "select string_agg(repeat(n::text, 10000000), '') from generate_series(1, 100) n;",
    ])
  func memory(_ sql: String) async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best(), memoryLimit: 256 << 20))

    let failure = await failure(of: sql, on: server)
    let hasDied = try await server.revive()
    try await server.release(server.reset(platform: Platform(.supabase), migrations: []))
    try await server.stop()

    #expect(failure?.message.contains("more memory than the 256 MB") == true, "\(String(describing: failure))")
    #expect(!hasDied)
  }

  @Test("is stopped also when the watch loses its connection", .timeLimit(.minutes(2)))
  func lostWatch() async throws {
    let server = try await ShadowServer.start(
      .init(
        directory: ShadowFixture.directory(), binaries: ServerBinaries.best(),
        limits: TimeLimits(statement: .seconds(1))))
    let superuser = server.server.connectionString(
      database: "postgres", user: server.server.configuration.superuser)
    async let stopped = failure(of: "set statement_timeout = 0; select pg_sleep(3600);", on: server)

    try await ShadowFixture.session(superuser) { session in
      while try await session.column(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock shadow watch'"
      ).isEmpty {}
    }

    let failure = await stopped
    try await server.stop()
    #expect(failure?.message.contains("took longer") == true, "\(String(describing: failure))")
  }

  @Test("statements that are quick by themselves may take longer together", .timeLimit(.minutes(2)))
  func together() async throws {
    let server = try await ShadowServer.start(
      .init(
        directory: ShadowFixture.directory(), binaries: ServerBinaries.best(),
        limits: TimeLimits(statement: .seconds(1))))
    let quick = String(repeating: "select pg_sleep(0.5);\n", count: 8)

    let shadow = try await server.reset(platform: Platform(.supabase), migrations: ShadowFixture.migrations(quick))
    #expect(shadow.replayed == 1)
    // What was stopped then is not what fails now.
    let failure = await #expect(throws: ApplyFailure.self) {
      try await server.reset(
        platform: Platform(.supabase), migrations: ShadowFixture.migrations(quick + "-- again", "select 1 / 0;"))
    }
    try await server.stop()

    #expect(failure?.path == "supabase/migrations/2_step.sql")
    #expect(failure?.message.contains("division by zero") == true, "\(String(describing: failure))")
  }

  @Test("does not stop another on the same server", .timeLimit(.minutes(2)))
  func neighbour() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best(), sizeLimit: 48 << 20))
    async let greedy = failure(
      of: "select count(*) from (select * from generate_series(1, 1000000000) n order by n desc) s;", on: server)

    // Lasts until the neighbour has been stopped, and has begun before.
    let patient = try await server.reset(
      platform: Platform(.supabase),
      migrations: ShadowFixture.migrations(
        """
        do $$ begin
          while not exists (select from pg_stat_activity where query ~ 'generate_series' and pid <> pg_backend_pid()) loop
            perform pg_stat_clear_snapshot(), pg_sleep(0.02);
          end loop;
          while exists (select from pg_stat_activity where query ~ 'generate_series' and pid <> pg_backend_pid()) loop
            perform pg_stat_clear_snapshot(), pg_sleep(0.02);
          end loop;
        end $$;
        """))

    let failure = await greedy
    try await server.stop()
    #expect(failure?.message.contains("grew by") == true, "\(String(describing: failure))")
    #expect(patient.replayed == 1)
  }

  private func failure(of sql: String, on server: ShadowServer) async -> ApplyFailure? {
    await #expect(throws: ApplyFailure.self) {
      try await server.reset(platform: Platform(.supabase), migrations: ShadowFixture.migrations(sql))
    }
  }
}
