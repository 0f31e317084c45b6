import Basics
import Migrations
import Postgres
import TestSupport
import Testing

@Suite("A promotion")
struct PromotionTests {
  @Test("brings migrations and their rows to the target")
  func promotes() async throws {
    try await withScratchDatabase { target async throws in
      let migrations: [Migration] = [.of("1_a", "create table a ();"), .of("2_b", "begin; create table b (); commit;")]
      let events = Events()

      let result = await promotion(to: target).promote(migrations, progress: { events.append($0) })

      #expect(result.failure == nil)
      #expect(result.promoted.map(\.migration) == migrations)
      #expect(result.promoted.allSatisfy { $0.retries == 0 && $0.sequentialReason == nil })
      #expect(events.count { if case .promoted = $0 { true } else { false } } == 2)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("b"))
        #expect(try await connection.history() == ["1", "2"])
        #expect(
          try await PenstockTables.checksums(from: connection) == [
            "1": migrations[0].checksum, "2": migrations[1].checksum,
          ])
        let row = try await connection.query(
          """
          select branch, outcome, finished_at >= started_at, (select count(*) from penstock.migrations m where m.run = d.run)
          from penstock.deployments d
          """)[0].decode(String.self, String.self, Bool.self, Int.self)
        #expect(row == ("staging", "promoted", true, 2))
      }
    }
  }

  @Test("of what is applied already does nothing")
  func again() async throws {
    try await withScratchDatabase { target async throws in
      let migrations: [Migration] = [.of("1_a", "create table a ();")]
      _ = await promotion(to: target).promote(migrations)

      let result = await promotion(to: target, run: "run-2").promote(migrations)

      #expect(result.failure == nil)
      #expect(result.promoted.isEmpty)
      #expect(result.alreadyApplied == migrations)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.value("select count(*) from penstock.deployments", as: Int.self) == 1)
      }
    }
  }

  @Test("that runs beside another applies each migration once")
  func concurrent() async throws {
    try await withScratchDatabase { target async throws in
      let migrations: [Migration] = (1...5).map { .of("\($0)_m", "create table t\($0) ();") }

      async let first = promotion(to: target, instance: "one", run: "run-1").promote(migrations)
      async let second = promotion(to: target, instance: "two", run: "run-2").promote(migrations)
      let results = await [first, second]

      #expect(results.allSatisfy { $0.failure == nil })
      #expect(results.flatMap(\.promoted).count == 5)
      #expect(results.flatMap(\.alreadyApplied).count == 5)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.history().count == 5)
      }
    }
  }

  @Test("leaves nothing of a migration whose third statement fails, and keeps the one before")
  func failure() async throws {
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target).promote([
        .of("1_a", "create table a ();"), .of("2_b", "create table b ();\ncreate table c ();\n create table a ();"),
        .of("3_d", "create table d ();"),
      ])

      #expect(result.promoted.map(\.migration.version) == ["1"])
      #expect(result.failure?.code == .statement)
      #expect(result.failure?.path == "supabase/migrations/2_b.sql")
      #expect(result.failure?.position == SourcePosition(line: 3, column: 2))
      #expect(result.failure?.statementIndex == 2)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("b") == false)
        #expect(try await connection.exists("d") == false)
        #expect(try await connection.history() == ["1"])
        #expect(try await connection.value("select outcome from penstock.deployments") == "failed")
      }
    }
  }

  @Test("does not touch the target when a file is no migration")
  func notSQL() async throws {
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target).promote([.of("1_a", "create table a ();"), .of("2_b", "select 'x")])

      #expect(result.failure?.code == .file)
      #expect(result.failure?.path == "supabase/migrations/2_b.sql")
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("a") == false)
        #expect(try await connection.exists("penstock.migrations") == false)
      }
    }
  }

  @Test("stops when the target is not what it was proved on")
  func check() async throws {
    struct Drift: Error, CustomStringConvertible { let description = "the target has drifted" }
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target).promote(
        [.of("1_a", "create table a ();"), .of("2_b", "create table b ();")],
        check: { connection, migration in
          if migration.version == "2" { throw Drift() }
          #expect(connection.transactionStatus == .inTransaction)
        })

      #expect(result.promoted.count == 1)
      #expect(result.failure?.code == .checkFailed)
      #expect(result.failure?.message == "the target has drifted")
      #expect(result.failure?.cause is Drift)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.history() == ["1"])
      }
    }
  }

  @Test("tries again when a lock is not to be had, and says so")
  func lockRetry() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { other in
        try await other.execute("create table a ()")
        try await other.script("begin; lock table a in access share mode;")
        let events = Events()

        let result = await promotion(to: target).promote(
          [.of("1_a", "create table b ();\ndrop table a;")],
          progress: { event in
            events.append(event)
            guard case .lockNotAvailable = event else { return }
            await #expect(throws: Never.self) { try await other.execute("rollback") }
          })

        #expect(result.failure == nil)
        #expect(result.promoted.first?.retries == 1)
        #expect(events.count { if case .lockNotAvailable(_, retry: 1, _, _) = $0 { true } else { false } } == 1)
        #expect(try await other.exists("b"))
        #expect(try await other.exists("a") == false)
      }
    }
  }

  @Test("gives up on a lock after its retries, with nothing left")
  func lockTimeout() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { other in
        try await other.execute("create table a ()")
        try await other.script("begin; lock table a;")
        let events = Events()

        let result = await promotion(to: target) { $0.retries = 2 }
          .promote([.of("1_a", "create table b ();\ndrop table a;")], progress: { events.append($0) })

        #expect(result.failure?.code == .lockNotAvailable)
        #expect(result.failure?.position == SourcePosition(line: 2, column: 1))
        #expect(events.count { if case .lockNotAvailable = $0 { true } else { false } } == 2)
        try await other.execute("rollback")
        #expect(try await other.exists("b") == false)
        #expect(try await other.history().isEmpty)
      }
    }
  }

  @Test("that is cancelled rolls back")
  func cancelled() async throws {
    try await withScratchDatabase { target async throws in
      let task = Task {
        await promotion(to: target).promote([.of("1_a", "create table a ();\nselect pg_sleep(600);")])
      }
      try await Connection.with(target, as: "penstock tests") { watcher in
        while try await watcher.value(
          "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
          as: Int.self) == 0
        {}

        task.cancel()
        let result = await task.value

        #expect(result.failure?.code == .cancelled)
        #expect(try await watcher.exists("a") == false)
        #expect(try await watcher.history().isEmpty)
      }
    }
  }

  @Test("waits for its turn no longer than it may, and says who has it")
  func busy() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { other in
        _ = try await other.query("select pg_advisory_lock(\(0x5065_6E73_746F_636B))")

        let result = await promotion(to: target) { $0.turnTimeout = .milliseconds(1) }
          .promote([.of("1_a", "create table a ();")])

        #expect(result.failure?.code == .busy)
        let processID = await other.processID
        #expect(result.failure?.message.contains("process \(processID), \"penstock tests\"") == true)
        #expect(try await other.exists("a") == false)
      }
    }
  }

  @Test("reports a target that cannot be reached")
  func unreachable() async throws {
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target.with(database: "there_is_no_such_database"))
        .promote([.of("1_a", "select 1;")])

      #expect(result.failure?.code == .unreachable)
      #expect((result.failure?.cause as? PostgresError)?.sqlState == .invalidDatabase)
    }
  }

  @Test("writes its rows as the login's role, whatever role a migration takes on")
  func roles() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        let role = "penstock_\(await connection.processID)"
        try await connection.execute("create role \(role)")

        let result = await promotion(to: target).promote([
          .of("1_a", "set role \(role);"), .of("2_b", "set session authorization \(role);"),
          .of("3_c", "-- supabase:disable-transaction\nset role \(role);\nselect 1;\nvacuum;"),
        ])

        #expect(result.failure == nil)
        #expect(try await connection.history() == ["1", "2", "3"])
        try await connection.execute("drop role \(role)")
      }
    }
  }

  @Test("keeps its tables from the roles of the API")
  func privileges() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        for role in ["anon", "authenticated"] {
          try await connection.script(
            """
            do $$ begin create role \(role); exception when duplicate_object or unique_violation then null; end $$;
            alter default privileges grant all on tables to \(role);
            """)
        }

        let result = await promotion(to: target).promote([.of("1_a", "create table a ();")])

        #expect(result.failure == nil)
        for role in ["anon", "authenticated"] {
          #expect(
            try await connection.value(
              """
              select has_schema_privilege($1, 'penstock', 'usage')
                or has_table_privilege($1, 'penstock.deployments', 'select')
                or has_table_privilege($1, 'penstock.journal', 'insert')
              """,
              [role]) == false)
          #expect(try await connection.value("select has_table_privilege($1, 'a', 'select')", [role]))
        }
      }
    }
  }

  @Test("takes a value that is added to an enum and used in the same file in two steps")
  func newEnumValue() async throws {
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target).promote([
        .of("1_a", "create type mood as enum ('sad');"),
        .of("2_b", "alter type mood add value 'happy';\ncreate table a (m mood default 'happy');"),
      ])

      #expect(result.failure == nil)
      #expect(result.promoted.map(\.sequentialReason) == [nil, .newEnumValue])
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("a"))
        #expect(try await connection.history() == ["1", "2"])
      }
    }
  }
}
