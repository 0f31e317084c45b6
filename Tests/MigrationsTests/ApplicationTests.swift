import Basics
import Migrations
import Postgres
import SQL
import TestSupport
import Testing

@Suite("Applying a migration")
struct ApplicationTests {
  static let paces: [Pace] = [.stepwise, .pipelined]

  /// A database with the history table.
  private func withTarget(_ body: @Sendable (Connection) async throws -> Void) async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await History.ensure(on: connection)
        try await body(connection)
      }
    }
  }

  @Test("leaves its objects and its row of the history", arguments: paces)
  func applies(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let application = try Application(.of("1_a", "create table a (id int);\n-- two\ncreate table b (id int);\n"))

      let applied = try await application.apply(on: connection, pace: pace)

      #expect(applied.sequentialReason == nil)
      #expect(try await connection.exists("b"))
      #expect(
        try await History.read(from: connection) == [
          HistoryEntry(
            version: "1", name: "a", statements: ["create table a (id int)", "-- two\ncreate table b (id int)"])
        ])
    }
  }

  @Test("leaves nothing when its third statement fails, and says which and where", arguments: paces)
  func atomic(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let application = try Application(
        .of("1_a", "create table a (id int);\ncreate table b (id int);\n\n  select 'ü', nothing\n  from a;\nselect 1;"))

      let failure = await #expect(throws: ApplyFailure.self) {
        try await application.apply(on: connection, pace: pace)
      }

      #expect(failure?.statementIndex == 2)
      #expect(failure?.position == SourcePosition(line: 4, column: 15))
      #expect(failure?.postgres?.sqlState == .undefinedColumn)
      #expect(
        failure?.description == "supabase/migrations/1_a.sql:4:15: column \"nothing\" does not exist (42703)")
      #expect(try await connection.exists("a") == false)
      #expect(try await connection.history().isEmpty)
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test(
    "says at which line of a DO block it failed",
    arguments: [
      ("select 1;\ndo $$\nbegin\n  perform 1;\n  select 1 / 0;\nend $$;", 5, 3),
      ("do language plpgsql $body$ begin perform 1; end $body$;\n\ndo '\nbegin\n\tperform 1 / 0;\nend';", 5, 2),
      (
        "create function f() returns void language plpgsql as $$\nbegin\n\n\nperform 1 / 0;\nend $$;\n"
          + "do $$ begin\n  perform f();\nend $$;", 8, 3
      ),
    ])
  func blockLine(sql: String, line: Int, column: Int) async throws {
    try await withTarget { connection async throws in
      let application = try Application(.of("1_a", sql))

      let failure = await #expect(throws: ApplyFailure.self) { try await application.apply(on: connection) }

      #expect(failure?.position == SourcePosition(line: line, column: column))
    }
  }

  @Test("leaves nothing when the row of the history is there already", arguments: paces)
  func conflict(pace: Pace) async throws {
    try await withTarget { connection async throws in
      try await History.record(HistoryEntry(version: "1", name: "x", statements: []), on: connection)

      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(.of("1_a", "create table a (id int);")).apply(on: connection, pace: pace)
      }

      #expect(failure?.statementIndex == nil)
      #expect(failure?.postgres?.sqlState == .uniqueViolation)
      #expect(try await connection.exists("a") == false)
    }
  }

  @Test("fails at COMMIT with nothing left, when a deferred constraint is broken", arguments: paces)
  func deferred(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(
          .of(
            "1_a",
            """
            create table a (id int primary key);
            create table b (id int references a deferrable initially deferred);
            insert into b values (1);
            """)
        ).apply(on: connection, pace: pace)
      }

      #expect(failure?.postgres?.sqlState == SQLState(rawValue: "23503"))
      #expect(try await connection.exists("a") == false)
      #expect(try await connection.history().isEmpty)
    }
  }

  @Test("copies data in, between statements", arguments: paces)
  func copy(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let application = try Application(
        .of(
          "1_a",
          "create table a (id int, t text);\ncopy a from stdin;\n1\tone\n2\t\\N\n\\.\nupdate a set id = id + 1;\n"))

      _ = try await application.apply(on: connection, pace: pace)

      #expect(
        try await connection.value("select string_agg(id || coalesce(t, '-'), ' ' order by id) from a") == "2one 3-")
    }
  }

  @Test("says where a COPY fails", arguments: paces)
  func brokenCopy(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(.of("1_a", "create table a (id int);\n\ncopy a from stdin;\nx\n\\.\n"))
          .apply(on: connection, pace: pace)
      }

      #expect(failure?.statementIndex == 1)
      #expect(failure?.position?.line == 3)
      #expect(try await connection.exists("a") == false)
    }
  }

  @Test("runs a file that no transaction can hold, statement by statement", arguments: paces)
  func sequential(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let application = try Application(
        .of("1_a", "create table a (id int);\ncreate index concurrently i on a (id);\nvacuum a;\n"))

      let applied = try await application.apply(on: connection, pace: pace)

      #expect(applied.sequentialReason == .statement(1))
      #expect(try await connection.value("select indisvalid from pg_index where indexrelid = 'i'::regclass"))
      #expect(try await connection.history() == ["1"])
    }
  }

  @Test("keeps what such a file did before it failed, but not the row", arguments: paces)
  func sequentialFailure(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(.of("1_a", "create table a (id int);\nvacuum a;\nselect nothing;"))
          .apply(on: connection, pace: pace)
      }

      #expect(failure?.statementIndex == 2)
      #expect(try await connection.exists("a"))
      #expect(try await connection.history().isEmpty)
    }
  }

  @Test("carries out a file's own transactions, and rolls back what it rolls back", arguments: paces)
  func ownTransactions(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let application = try Application(
        .of("1_a", "begin; create table a (); commit; begin; create table b (); rollback; create table c ();"))

      _ = try await application.apply(on: connection, pace: pace)

      #expect(try await connection.exists("a"))
      #expect(try await connection.exists("b") == false)
      #expect(try await connection.exists("c"))
      #expect(try await connection.history() == ["1"])
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("takes a value that is added to an enum and used in the same file in two steps", arguments: paces)
  func newEnumValue(pace: Pace) async throws {
    try await withTarget { connection async throws in
      _ = try await Application(.of("1_a", "create type mood as enum ('sad');")).apply(on: connection)
      let used = try Application(
        .of("2_b", "alter type mood add value 'happy';\ncreate table a (m mood default 'happy');"))
      let unused = try Application(.of("3_c", "alter type mood add value 'angry';\nselect 'angry';"))

      #expect(try await used.apply(on: connection, pace: pace).sequentialReason == .newEnumValue)
      #expect(try await unused.apply(on: connection, pace: pace).sequentialReason == nil)
      #expect(try await connection.exists("a"))
      #expect(try await connection.history() == ["1", "2", "3"])
    }
  }

  @Test("tries again without the plans of an earlier file's triggers where one is in the way, and takes it from there")
  func stalePlan() async throws {
    try await withTarget { connection async throws in
      let first = try Application(
        .of(
          "1_a",
          """
          create type mood as enum ('sad');
          create table a (id int);
          create function check_id() returns trigger language plpgsql as $$
          begin if new.id < 0 then raise 'negative'; end if; return new; end $$;
          create trigger check_id before insert on a for each row execute function check_id();
          insert into a values (1);
          """))
      let second = try Application(
        .of(
          "2_b",
          """
          alter table a alter id type bigint;
          insert into a values (2);
          alter type mood add value 'happy';
          create table b (m mood default 'happy');
          """))

      _ = try await first.apply(on: connection, pace: .pipelined)
      let applied = try await second.apply(on: connection, pace: .pipelined)

      #expect(applied.sequentialReason == .newEnumValue)
      #expect(try await connection.exists("b"))
      #expect(try await connection.history() == ["1", "2"])
    }
  }

  @Test("does not try once more after a value of the wrong type that is the file's own", arguments: paces)
  func wrongType(pace: Pace) async throws {
    try await withTarget { connection async throws in
      try await connection.execute("create sequence runs")
      let application = try Application(
        .of("1_a", "select nextval('runs'); create table a (id int default 'x'::text);"))

      let failure = await #expect(throws: ApplyFailure.self) { try await application.apply(on: connection, pace: pace) }

      #expect(failure?.postgres?.sqlState == .datatypeMismatch)
      // In a pipeline it was sent as one text, and then by its statements, to learn which failed.
      let runs = try await connection.value("select last_value from runs", as: Int.self)
      #expect(runs == (pace == .pipelined ? 2 : 1))
    }
  }

  @Test("begins with the session's own role and settings, whatever the file before left", arguments: paces)
  func reset(pace: Pace) async throws {
    try await withTarget { connection async throws in
      let role = "penstock_\(await connection.processID)"
      try await connection.execute("create role \(role)")
      _ = try await Application(
        .of("1_a", "set search_path = ''; set check_function_bodies = off; set role \(role);")
      ).apply(on: connection, pace: pace)
      _ = try await Application(.of("2_b", "set session authorization \(role);")).apply(on: connection, pace: pace)

      _ = try await Application(.of("3_c", "create table a as select current_user::text as who;"))
        .apply(on: connection, pace: pace)

      #expect(try await connection.value("select who from public.a") == TestServer.superuser)
      #expect(try await connection.history() == ["1", "2", "3"])
      try await connection.execute("drop role \(role)")
    }
  }

  @Test("is stopped by its time limits")
  func limits() async throws {
    try await withTarget { connection async throws in
      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(.of("1_a", "create table a ();\nselect pg_sleep(60);"))
          .apply(on: connection, limits: TimeLimits(lock: .seconds(1), statement: .milliseconds(200)))
      }

      #expect(failure?.postgres?.sqlState == .queryCanceled)
      #expect(failure?.statementIndex == 1)
      #expect(try await connection.value("show statement_timeout") == "0")
    }
  }

  @Test("rolls back when its task is cancelled")
  func cancelled() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await History.ensure(on: connection)
        let processID = await connection.processID
        let task = Task {
          try await Application(.of("1_a", "create table a ();\nselect pg_sleep(600);")).apply(on: connection)
        }
        try await Connection.with(target, as: "penstock tests") { watcher in
          while try await watcher.value(
            "select count(*) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'", [processID], as: Int.self
          ) == 0 {}
        }

        task.cancel()

        let failure = await #expect(throws: ApplyFailure.self) { _ = try await task.value }
        #expect(failure?.postgres?.code == .cancelled)
        #expect(try await connection.exists("a") == false)
      }
    }
  }

  @Test("sends what an adaptation says, and finds errors in the file all the same", arguments: paces)
  func adaptation(pace: Pace) async throws {
    struct Platform: Adaptation {
      let sessionSetup = ["set search_path = pg_catalog, public"]
      func adapt(_ statement: Statement, serverVersion: Int) -> AdaptedStatement {
        switch statement.text {
        case "set transaction_timeout = 0": .skip(reason: "newer than this server")
        case "privileged": .send("create table public.a (id int)", before: ["select 1"], after: ["select 2"])
        case let text: .send(text + " as x")
        }
      }
    }
    try await withTarget { connection async throws in
      let migration = Migration.of("1_a", "set transaction_timeout = 0;\nprivileged;\nselect nothing;")

      let failure = await #expect(throws: ApplyFailure.self) {
        try await Application(migration).apply(on: connection, adaptation: Platform(), pace: pace)
      }
      let applied = try await Application(.of("1_a", "set transaction_timeout = 0;\nprivileged;\nselect 1;"))
        .apply(on: connection, adaptation: Platform(), pace: pace)

      #expect(failure?.position == SourcePosition(line: 3, column: 8))
      #expect(
        applied.omissions.map { "\($0.position) \($0.reason)" } == ["1:1 newer than this server"])
      #expect(try await connection.exists("public.a"))
    }
  }

  @Test("refuses what is no SQL, with the place")
  func notSQL() {
    let failure = #expect(throws: ApplyFailure.self) {
      try Application(.of("1_a", "select 1;\nselect 'never ends;\n"))
    }

    #expect(failure?.position == SourcePosition(line: 2, column: 8))
    #expect(failure?.postgres == nil)
  }

  @Test("of an empty file leaves a row of the history")
  func empty() async throws {
    try await withTarget { connection async throws in
      _ = try await Application(.of("1_a", "-- nothing\n")).apply(on: connection)

      #expect(try await connection.history() == ["1"])
    }
  }

  @Test("goes through a file of thousands of statements in batches")
  func large() async throws {
    try await withTarget { connection async throws in
      let inserts = (1...2_000).map { "insert into a values (\($0));\n" }.joined()
      let application = try Application(.of("1_a", "create table a (id int primary key);\n" + inserts))
      let broken = try Application(.of("2_b", "truncate a;\n" + inserts + "insert into a values (1500);"))

      _ = try await application.apply(on: connection, pace: .pipelined)
      let failure = await #expect(throws: ApplyFailure.self) {
        try await broken.apply(on: connection, pace: .pipelined)
      }

      #expect(failure?.statementIndex == 2_001)
      #expect(try await connection.value("select count(*) from a", as: Int.self) == 2_000)
    }
  }
}
