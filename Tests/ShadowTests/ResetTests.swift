import Basics
import Migrations
import Postgres
import Shadow
import SystemPackage
import Testing

@Suite("Resetting a shadow")
struct ResetTests {
  @Test("applies only what no earlier reset has applied")
  func reusesPrefix() async throws {
    let unique = ShadowFixture.unique()
    let texts = [unique + "create table a (id int);", "create table b (id int);", "create table c (id int);"]

    let counts = try await [
      counts(texts[0], texts[1]), counts(texts[0], texts[1]), counts(texts[0], texts[1], texts[2]), counts(texts[0]),
    ]

    #expect(counts == [[0, 2], [2, 0], [2, 1], [1, 0]])
  }

  @Test("hands out what the migrations lead to, to each caller a copy of their own")
  func copies() async throws {
    let migrations = ShadowFixture.migrations("create table a (id int primary key);")

    _ = try await ShadowFixture.withSession(.supabase, migrations) { try await $0.execute("insert into a values (1)") }
    let count = try await ShadowFixture.withSession(.supabase, migrations) {
      try await $0.column("select count(*)::text from a")
    }

    #expect(count == ["0"])
  }

  @Test("the migration role of a target cannot be the shadow's superuser, which a sentence says")
  func superuser() async throws {
    let server = try await ShadowFixture.server()
    let platform = try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(shadow.superuser) { try await Platform.read(.postgres, isNew: true, from: $0) }
    }

    let error = await #expect(throws: ShadowError.self) {
      try await server.reset(platform: platform, migrations: [])
    }

    #expect(error?.message.contains("Migrations cannot run as supabase_admin") == true)
  }

  @Test("an edited old migration misses the cache from there on")
  func edited() async throws {
    let unique = ShadowFixture.unique()
    let last = "create table c (id int);"

    _ = try await counts(unique + "create table a (id int);", "create table b (id int);", last)
    let counts = try await counts(unique + "create table a (id int);", "create table b (id bigint);", last)

    #expect(counts == [0, 3] || counts == [1, 2])
    #expect(counts[1] >= 2)
  }

  @Test("what a migration leaves in its session does not reach the next")
  func sessionIsReset() async throws {
    let migrations = ShadowFixture.migrations(
      "select set_config('search_path', '', false); set role anon; set check_function_bodies = off;",
      "create table t (id int); create function f() returns uuid language sql as 'select uuid_generate_v4()';")

    let owner = try await ShadowFixture.withSession(.supabase, migrations) {
      try await $0.column("select tableowner::text from pg_tables where schemaname = 'public' and tablename = 't'")
    }

    #expect(owner == ["postgres"])
  }

  @Test("a migration that does not apply is named with its place and the server's error")
  func failure() async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int);",
      "create table b (id int);\n\nalter table b\n  add column c missing_type;")

    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
    }

    #expect(failure?.path == "supabase/migrations/2_step.sql")
    #expect(failure?.position == SourcePosition(line: 4, column: 16))
    #expect(failure?.postgres?.sqlState == .undefinedObject)
  }

  @Test("after a failure the next try begins where the first stopped")
  func failureKeepsProgress() async throws {
    let first = ShadowFixture.unique() + "create table a (id int);"
    let second = "create table b (id int);"

    await #expect(throws: ApplyFailure.self) {
      try await counts(first, second, "create table broken (", "create table d (id int);")
    }
    let repaired = try await counts(first, second, "create table whole (id int);", "create table d (id int);")

    #expect(repaired == [2, 2])
  }

  @Test("a reset that is cancelled leaves nothing behind", .timeLimit(.minutes(2)))
  func cancelled() async throws {
    let server = try await ShadowFixture.server()
    let mark = UInt64.random(in: 0...UInt64.max)
    let migrations = ShadowFixture.migrations(
      "create table a (id int); -- \(mark)\n", "select pg_sleep(600), '\(mark)';")
    let running = Task { try await server.reset(platform: Platform(.supabase), migrations: migrations) }

    try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(shadow.superuser) { session in
        let question =
          """
          select datname::text from pg_stat_activity
          where query like '%pg_sleep%\(mark)%' and pid <> pg_backend_pid()
          """
        var database: String??
        while database == nil { database = try await session.column(question).first }
        running.cancel()
        await #expect(throws: (any Error).self) { try await running.value }
        let left = try await session.column("select datname::text from pg_database where datname = '\(database!!)'")
        #expect(left == [])
      }
    }
  }

  @Test("resets of the same new state at once apply it once")
  func parallel() async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int);", "create table b (id int);")
    let server = try await ShadowFixture.server()

    let shadows = try await withThrowingTaskGroup(of: ShadowDatabase.self) { group in
      for _ in 0..<6 { group.addTask { try await server.reset(platform: Platform(.supabase), migrations: migrations) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for shadow in shadows { try await server.release(shadow) }

    #expect(Set(shadows.map(\.name)).count == 6)
    #expect(shadows.map(\.replayed).reduce(0, +) == 2)
  }

  @Test("two shadow servers share one PostgreSQL, and one clears up what a killed one left")
  func shared() async throws {
    let configuration = ShadowServer.Configuration(
      directory: ShadowFixture.directory(), binaries: try await ServerBinaries.best(), lifetime: .detached)
    let first = try await ShadowServer.start(configuration)
    let migrations = ShadowFixture.migrations("create table a (id int);")
    let held = try await first.reset(platform: Platform(.postgres), migrations: migrations)
    try await ShadowFixture.session(held.superuser.with(database: "postgres")) { session in
      // As a process that was killed in the middle leaves it: no session of its owner is there any more.
      try await session.execute("create database draft_7_1 template template0")

      let second = try await ShadowServer.start(configuration)
      let copy = try await second.reset(platform: Platform(.postgres), migrations: migrations)
      let left = try await session.column(
        "select datname::text from pg_database where datname ~ '^(draft|shadow)_' order by 1")

      #expect(copy.replayed == 0)
      #expect(left.compactMap(\.self).sorted() == [held.name, copy.name].sorted())
      try await second.stop()
    }
    try await first.stop()
    try await first.server.stop()
  }

  @Test("the states that were used longest ago go when the limit is passed")
  func eviction() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best(), cacheLimit: 1))

    let old = try await server.reset(
      platform: Platform(.postgres), migrations: ShadowFixture.migrations("create table a ();"))
    let new = try await server.reset(
      platform: Platform(.postgres), migrations: ShadowFixture.migrations("create table b ();"))
    let states = try await ShadowFixture.session(new.superuser) {
      try await $0.column("select count(*)::text from pg_database where datname ~ '^state_'")
    }
    let again = try await server.reset(
      platform: Platform(.postgres), migrations: ShadowFixture.migrations("create table b ();"))

    #expect(states == ["1"])
    #expect([old, new, again].map(\.replayed) == [1, 1, 0])
    try await server.stop()
  }

  /// How many migrations of these texts were reused, and how many replayed.
  private func counts(_ texts: String...) async throws -> [Int] {
    let migrations = texts.enumerated().map { index, text in
      Migration(version: "\(index)", name: "m", path: "\(index)_m.sql", bytes: Array(text.utf8))
    }
    return try await ShadowFixture.withShadow(.supabase, migrations) { [$0.reused, $0.replayed] }
  }
}
