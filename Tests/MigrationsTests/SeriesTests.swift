import Basics
import Migrations
import Postgres
import TestSupport
import Testing

/// A series that records nothing travels several files in one text; one that records travels file by file.
@Suite("Applying a series of migrations")
struct SeriesTests {
  static let recordings: [Recording] = [.nothing, .history]

  @Test("applies them in order, each with a session as if it were the only one", arguments: recordings)
  func order(recording: Recording) async throws {
    try await withTarget { connection async throws in
      let outcome = await outcome(
        of: [
          .of("01_a", "create table a (id int);"),
          .of("02_b", "set search_path = pg_catalog; set role pg_monitor; set lock_timeout = '3s';"),
          .of("03_c", "create table c as select current_user::text as who, current_setting('lock_timeout') as wait;"),
          .of("04_d", "begin; create table d (id int); commit;"),
          .of("05_e", "create index concurrently on a (id);"),
          .of("06_f", "copy a from stdin;\n1\n2\n\\.\ninsert into a values (3);"),
          .of("07_g", "set standard_conforming_strings = off; create table g as select 'a\\tb' as s;"),
          .of("08_h", "create table h as select 'a\\b' as s;"),
          .of("09_i", "create table i (id int); rollback;"),
          .of("10_j", "-- nothing"),
          .of("11_k", "create type mood as enum ('ok'); alter type mood add value 'bad';"),
          .of("12_l", "alter type mood add value 'sad'; select 'sad'::mood;"),
          .of("13_m", "create table m (id int)"),
        ], on: connection, recording)

      #expect(outcome.failure == nil)
      #expect(outcome.applied == (1...13).map { $0 < 10 ? "0\($0)" : "\($0)" })
      #expect(outcome.announced == outcome.applied)
      #expect(try await connection.value("select who = session_user::text and wait = '0' from c"))
      #expect(try await connection.value("select sum(id)::int = 6 from a"))
      #expect(try await connection.value(#"select s = E'a\tb' from g"#))
      #expect(try await connection.value(#"select s = E'a\\b' from h"#))
      #expect(try await connection.exists("i") == false)
      #expect(try await connection.exists("m"))
      #expect(try await connection.history() == (recording == .history ? outcome.applied : []))
    }
  }

  @Test("stops at the one that fails, with those before it there and its statement named", arguments: recordings)
  func failure(recording: Recording) async throws {
    try await withTarget { connection async throws in
      let files = (10...49).map { number in
        Migration.of(
          "\(number)_t",
          number == 31
            ? "create table t31 (id int);\n\nselect 1 from t30, nothing;" : "create table t\(number) (id int);")
      }

      let outcome = await outcome(of: files, on: connection, recording)

      #expect(outcome.applied == (10...30).map(String.init))
      #expect(outcome.failure?.path == "supabase/migrations/31_t.sql")
      #expect(outcome.failure?.statementIndex == 1)
      #expect(outcome.failure?.position == SourcePosition(line: 3, column: 20))
      #expect(try await connection.exists("t30"))
      #expect(try await connection.exists("t31") == false)
      #expect(try await connection.exists("t32") == false)
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("stops at what cannot be read, or fails at its COMMIT, with those before it there", arguments: recordings)
  func unreadable(recording: Recording) async throws {
    try await withTarget { connection async throws in
      let base = Migration.of("1_a", "create table a (id int unique deferrable initially deferred);")
      let broken = await outcome(
        of: [base, .of("2_b", "insert into a values (1), (1);"), .of("3_c", "create table c (id int);")],
        on: connection, recording)
      let unreadable = await outcome(
        of: [.of("4_d", "create table d (id int);"), .of("5_e", "select 'never ends;")], on: connection, recording)

      #expect(broken.applied == ["1"])
      #expect(broken.failure?.path == "supabase/migrations/2_b.sql")
      #expect(broken.failure?.postgres?.sqlState == .uniqueViolation)
      #expect(try await connection.exists("c") == false)
      #expect(unreadable.applied == ["4"])
      #expect(unreadable.failure?.path == "supabase/migrations/5_e.sql")
      #expect(try await connection.exists("d"))
    }
  }

  // MARK: Support

  private struct Outcome {
    var announced: [String] = []
    var applied: [String] = []
    var failure: ApplyFailure?
  }

  private func outcome(of migrations: [Migration], on connection: Connection, _ recording: Recording) async -> Outcome {
    var outcome = Outcome()
    do {
      try await Application.apply(
        migrations, on: connection, adaptation: PlainAdaptation(), recording: recording,
        progress: { outcome.announced.append($0.version) }, applied: { outcome.applied.append($0.migration.version) })
    } catch {
      outcome.failure = error as? ApplyFailure
    }
    return outcome
  }

  private func withTarget(_ body: @Sendable (Connection) async throws -> Void) async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await History.ensure(on: connection)
        try await body(connection)
      }
    }
  }
}
