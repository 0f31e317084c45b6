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
}
