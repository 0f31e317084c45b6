import Basics
import Migrations
import Postgres
import Shadow
import Synchronization
import SystemPackage
import Testing

/// One after the other: only a few shadows stand ready at a time.
@Suite("A shadow that stands ready", .serialized)
struct ReadyShadowTests {
  private let limits = TimeLimits(statement: .seconds(30))

  /// Resets to the first of these migrations.
  private func withShadow(
    _ migrations: [Migration], _ body: (ShadowServer, inout ShadowDatabase) async throws -> Void
  ) async throws {
    let server = try await ShadowFixture.server()
    var shadow = try await server.reset(platform: Platform(.postgres), migrations: [migrations[0]])
    try await body(server, &shadow)
  }

  private func apply(_ migrations: Migration..., to shadow: inout ShadowDatabase, isShared: Bool = false) async throws {
    try await shadow.apply(migrations.map { try Application($0) }, limits: limits, isShared: isShared) { _ in }
  }

  private func tables(of shadow: ShadowDatabase) async throws -> [String?] {
    try await ShadowFixture.session(shadow.superuser) {
      try await $0.column("select tablename::text from pg_tables where schemaname = 'public' order by 1")
    }
  }

  @Test(
    "a try that is rolled back leaves it as it was for the next, without a copy",
    arguments: ["create table b (id int);", "create table b (id int); select 1 / 0;", "create table b ("])
  func rolledBack(second: String) async throws {
    let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table a (id int);", second)
    try await withShadow(migrations) { server, shadow in
      try? await apply(migrations[1], to: &shadow)
      #expect(shadow.isUntouched)
      await server.giveBack(shadow, for: [migrations[0]])

      let next = try await server.reset(platform: Platform(.postgres), migrations: [migrations[0]])

      #expect(next.name == shadow.name)
      #expect(next.origin == .ready)
      #expect(next.reused == 1)
      #expect(try await tables(of: next) == ["a"])
      try await server.release(next)
    }
  }

  @Test("what is made in the transaction is seen there, by the migration role, and by nobody else")
  func isSeen() async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int);",
      "create role shadow_tests_visitor; grant shadow_tests_visitor to postgres; create table b (); set role shadow_tests_visitor;"
    )
    try await withShadow(migrations) { server, shadow in
      let seen = try await shadow.apply([Application(migrations[1])], limits: limits) { connection in
        try await connection.query("select current_user::text, to_regclass('b') is not null")[0]
          .decode(String.self, Bool.self)
      }

      #expect(seen == ("postgres", true))
      #expect(try await tables(of: shadow) == ["a"])
      let roles = try await ShadowFixture.session(shadow.superuser) {
        try await $0.column("select rolname::text from pg_roles where rolname = 'shadow_tests_visitor'")
      }
      #expect(roles == [])
      try await server.release(shadow)
    }
  }

  @Test("what COMMIT would refuse is refused")
  func deferred() async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int primary key);",
      "create table b (id int references a deferrable initially deferred); insert into b values (1);")
    try await withShadow(migrations) { server, shadow in
      let failure = await #expect(throws: ApplyFailure.self) { try await apply(migrations[1], to: &shadow) }

      #expect(failure?.postgres?.sqlState == SQLState(rawValue: "23503"))
      #expect(shadow.isUntouched)
      try await server.release(shadow)
    }
  }

  @Test(
    "a sequence that has counted on, which no rollback takes back, makes it useless",
    arguments: [
      ("insert into a (t) values ('x');", false), ("select setval('a_id_seq', 77, false);", false),
      ("insert into a (t) values ('x'); select 1 / 0;", false),
      ("savepoint s; insert into a (t) values ('x'); rollback to s;", false),
      ("create table b (id serial, t text); insert into b (t) values ('x');", true),
      ("create table b (id serial, t text); insert into b (t) values ('x'); select 1 / 0;", true),
    ])
  func sequences(second: String, isUntouched: Bool) async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id serial primary key, t text);", second)
    try await withShadow(migrations) { server, shadow in
      try? await apply(migrations[1], to: &shadow)
      #expect(shadow.isUntouched == isUntouched)
      await server.giveBack(shadow, for: [migrations[0]])

      let next = try await server.reset(platform: Platform(.postgres), migrations: [migrations[0]])

      #expect((next.name == shadow.name) == isUntouched)
      #expect(next.origin == .ready)
      let state = try await ShadowFixture.session(next.superuser) {
        try await $0.column("select last_value || ' ' || is_called from public.a_id_seq")
      }
      #expect(state == ["1 false"])
      try await server.release(next)
    }
  }

  @Test("a promoted migration makes it the next state, which stands ready and is kept for others")
  func promoted() async throws {
    let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table a (id int);", "create table b ();")
    try await withShadow(migrations) { server, shadow in
      try await apply(migrations[1], to: &shadow)
      await server.giveBack(shadow, for: migrations)

      let next = try await server.reset(platform: Platform(.postgres), migrations: migrations)
      let another = try await server.reset(platform: Platform(.postgres), migrations: migrations)

      #expect(next.name == shadow.name)
      #expect([next.origin, another.origin] == [.ready, .copy])
      #expect([next.reused, next.replayed] == [2, 0])
      #expect(try await tables(of: next) == ["a", "b"])
      #expect(try await tables(of: another) == ["a", "b"])
      try await server.release(next)
      try await server.release(another)
    }
  }

  @Test(
    "what cannot be rolled back is committed: when it is promoted the shadow is kept all the same, else replaced",
    arguments: [
      ["create table b (id int);", "create table c (id int);"],
      ["create table b (id int); commit; begin; create table c (id int);"],
      ["create type t as enum ('x'); alter type t add value 'y'; create table b (t t default 'y');"],
    ], [true, false])
  func committed(pending: [String], isPromoted: Bool) async throws {
    let first = ShadowFixture.migrations(ShadowFixture.unique() + "create table a (id int);")
    let rest = pending.enumerated().map { index, text in
      Migration(version: "\(index + 2)", name: "m", path: "\(index + 2)_m.sql", bytes: Array(text.utf8))
    }
    try await withShadow(first) { server, shadow in
      try await shadow.apply(rest.map { try Application($0) }, limits: limits) { _ in }
      #expect(!shadow.isUntouched)
      let migrations = isPromoted ? first + rest : first
      await server.giveBack(shadow, for: migrations)

      let next = try await server.reset(platform: Platform(.postgres), migrations: migrations)

      #expect((next.name == shadow.name) == isPromoted)
      #expect(next.origin == .ready)
      #expect(try await tables(of: next).contains("b") == isPromoted)
      try await server.release(next)
    }
  }

  @Test("one that tests were run on is replaced")
  func shared() async throws {
    let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table a (id int);", "create table b ();")
    try await withShadow(migrations) { server, shadow in
      try await apply(migrations[1], to: &shadow, isShared: true)
      #expect(try await tables(of: shadow) == ["a", "b"])
      shadow.noteUse()
      await server.giveBack(shadow, for: migrations)

      let next = try await server.reset(platform: Platform(.postgres), migrations: migrations)

      #expect(next.name != shadow.name)
      #expect(next.origin == .ready)
      try await server.release(next)
    }
  }

  @Test("a try that is cancelled in the middle leaves it ready", .timeLimit(.minutes(1)))
  func cancelled() async throws {
    let mark = UInt64.random(in: 0...UInt64.max)
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int);", "create table b (id int); select pg_sleep(600), '\(mark)';")
    try await withShadow(migrations) { server, shadow in
      let running = Task { [shadow, limits] in
        var shadow = shadow
        await #expect(throws: (any Error).self) {
          try await shadow.apply([Application(migrations[1])], limits: limits) { _ in }
        }
        return shadow
      }
      try await ShadowFixture.session(shadow.superuser) { session in
        let question = "select from pg_stat_activity where query like '%pg_sleep%\(mark)%' and pid <> pg_backend_pid()"
        while try await session.query(question).isEmpty {}
      }
      running.cancel()

      let after = await running.value

      #expect(after.isUntouched)
      #expect(try await tables(of: after) == ["a"])
      try await server.release(after)
    }
  }

  @Test("one whose session is killed in the middle is replaced", .timeLimit(.minutes(1)))
  func killedSession() async throws {
    let migrations = ShadowFixture.migrations(
      ShadowFixture.unique() + "create table a (id int);",
      "create table b (id int); select pg_terminate_backend(pg_backend_pid());")
    try await withShadow(migrations) { server, shadow in
      await #expect(throws: ApplyFailure.self) { try await apply(migrations[1], to: &shadow) }
      #expect(!shadow.isUntouched)
      await server.giveBack(shadow, for: [migrations[0]])

      let next = try await server.reset(platform: Platform(.postgres), migrations: [migrations[0]])

      #expect(next.name != shadow.name)
      #expect(try await tables(of: next) == ["a"])
      try await server.release(next)
    }
  }

  @Test("two at once have one each, and both stand ready afterwards")
  func parallel() async throws {
    let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table a (id int);")
    let server = try await ShadowFixture.server()
    let first = try await server.reset(platform: Platform(.postgres), migrations: migrations)
    let second = try await server.reset(platform: Platform(.postgres), migrations: migrations)
    await server.giveBack(first, for: migrations)
    await server.giveBack(second, for: migrations)

    let again = [
      try await server.reset(platform: Platform(.postgres), migrations: migrations),
      try await server.reset(platform: Platform(.postgres), migrations: migrations),
    ]

    #expect(Set(again.map(\.name)) == [first.name, second.name])
    for shadow in again { try await server.release(shadow) }
  }

  @Test("what goes wrong behind everybody's back is told")
  func notice() async throws {
    let notices = Mutex<[String]>([])
    let server = try await ShadowServer.start(
      .init(
        directory: ShadowFixture.directory(), binaries: ServerBinaries.best(),
        notice: { text in notices.withLock { $0.append(text) } }))
    let shadow = try await server.reset(platform: Platform(.postgres), migrations: [])
    try await server.server.stop()

    await server.giveBack(shadow, for: ShadowFixture.migrations("create table a ();"))
    try await server.stop()

    #expect(notices.withLock { $0 }.contains { $0.hasPrefix("No shadow could be made ready for the next run: ") })
  }
}
