import Basics
import Migrations
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A promotion that is struck")
struct PromotionFaultTests {
  @Test("before COMMIT leaves nothing, and the next one applies the migration once")
  func lostBeforeCommit() async throws {
    try await withScratchDatabase { target async throws in
      let migrations: [Migration] = [.of("1_a", "create table a ();\ncreate table b ();")]
      let executioner = Executioner(at: 1, of: target)

      let struck = await promotion(to: target).promote(migrations, progress: executioner.observe)

      #expect(struck.failure?.code == .connectionLost)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("a") == false)
        #expect(try await connection.history().isEmpty)
        let second = await promotion(to: target, run: "run-2").promote(migrations)
        #expect(second.failure == nil)
        #expect(second.promoted.count == 1)
        #expect(try await connection.history() == ["1"])
      }
    }
  }

  @Test("in the middle of its statements leaves nothing")
  func lostInTheMiddle() async throws {
    try await withScratchDatabase { target async throws in
      let result = await promotion(to: target).promote([
        .of("1_a", "create table a ();\nselect pg_terminate_backend(pg_backend_pid());\ncreate table b ();")
      ])

      #expect(result.failure?.code == .connectionLost)
      #expect(result.failure?.position?.line == 2)
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await connection.exists("a") == false)
        #expect(try await connection.history().isEmpty)
      }
    }
  }

  @Test("while COMMIT is answered finds out that it was committed, and goes on")
  func lostReply() async throws {
    // A COMMIT that waits for a standby which does not exist is committed all the same when its backend is ended.
    let server = try await EmbeddedServer.start(
      EmbeddedServer.Configuration(
        directory: TestServer.scratchFolder(), binaries: ServerBinaries.best(),
        settings: [
          "synchronous_standby_names": "nobody", "synchronous_commit": "local", "wal_level": "replica",
          "max_wal_senders": "1",
        ]))
    let target = server.connectionString(database: "postgres", user: server.configuration.superuser)
    let migrations: [Migration] = [
      .of("1_a", "create table a ();\nset local synchronous_commit = on;"), .of("2_b", "create table b ();"),
    ]
    let events = Events()
    let waiter = Task {
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        while try await connection.value(
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'", as: Int.self
        ) == 0 {}
      }
    }

    let result = await promotion(to: target).promote(migrations, progress: { events.append($0) })

    waiter.cancel()
    _ = await waiter.result
    #expect(result.failure == nil)
    #expect(result.promoted.map(\.migration) == migrations)
    #expect(events.count { if case .settling = $0 { true } else { false } } == 1)
    try await Connection.with(target, as: "penstock tests") { connection async throws in
      #expect(try await connection.exists("a"))
      #expect(try await connection.history() == ["1", "2"])
    }
    try await server.stop()
  }

  @Test("ends what a daemon that died has left, and takes its turn")
  func predecessor() async throws {
    try await withScratchDatabase { target async throws in
      let keeper = try await Connection.open(target, applicationName: "penstock turn staging one")
      let worker = try await Connection.open(target, applicationName: "penstock promote staging one")
      _ = try await keeper.query("select pg_advisory_lock(\(0x5065_6E73_746F_636B))")
      try await worker.execute("create table a ()")
      try await worker.script("begin; lock table a;")
      let events = Events()

      let result = await promotion(to: target).promote([.of("1_b", "drop table a;")], progress: { events.append($0) })

      let processes = await [keeper.processID, worker.processID]
      #expect(result.failure == nil)
      #expect(
        events.all.compactMap { if case .endedPredecessor(let process) = $0 { process } else { nil } } == processes)
      await keeper.close()
      await worker.close()
    }
  }

  /// In an order of its own: settings that later statements need, an insert, an index, an insert.
  private static let stepwise = Migration.of(
    "1_a",
    """
    set search_path = s;
    insert into log values (1);
    create index concurrently log_i on log (n);
    begin;
    insert into log values (2);
    insert into log values (3);
    commit;
    vacuum log;
    """)

  @Test("in a migration of several steps takes it up where it stopped", arguments: 1...9)
  func resumes(commit: Int) async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        try await connection.script("create schema s; create table s.log (n int);")
        let executioner = Executioner(at: commit, of: target)
        let events = Events()

        let struck = await promotion(to: target).promote([Self.stepwise], progress: executioner.observe)
        let second = await promotion(to: target, run: "run-2")
          .promote([Self.stepwise], progress: { events.append($0) })

        #expect(struck.failure?.code == (commit <= 8 ? .connectionLost : nil), "there are 8 COMMITs")
        #expect(second.failure == nil)
        #expect(second.promoted.count == (commit <= 8 ? 1 : 0))
        #expect(try await connection.value("select string_agg(n::text, ' ' order by n) from s.log") == "1 2 3")
        #expect(try await connection.value("select indisvalid from pg_index where indexrelid = 's.log_i'::regclass"))
        #expect(try await connection.history() == ["1"])
        let isResumed = events.count { if case .resuming = $0 { true } else { false } } == 1
        #expect(isResumed == (3...8).contains(commit))
      }
    }
  }

  @Test("leaves an invalid index, which the next promotion drops and builds")
  func invalidIndex() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        try await connection.script("create table log (n int); insert into log values (1), (1);")
        let migrations: [Migration] = [.of("1_a", "create unique index concurrently if not exists log_n on log (n);")]
        let isValid = "select indisvalid from pg_index where indexrelid = 'log_n'::regclass"

        let first = await promotion(to: target).promote(migrations)
        #expect(first.failure?.code == .statement)
        #expect(try await connection.value(isValid) == false)
        try await connection.execute("delete from log where ctid = (select min(ctid) from log)")
        let second = await promotion(to: target, run: "run-2").promote(migrations)

        #expect(second.failure == nil)
        #expect(try await connection.value(isValid) == true)
        #expect(try await connection.history() == ["1"])
      }
    }
  }

  @Test("builds an index again when it did not get its lock in time")
  func indexLock() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { other in
        try await other.execute("create table log (n int)")
        try await other.script("begin; insert into log values (1);")

        let result = await promotion(to: target)
          .promote(
            [.of("1_a", "create index concurrently log_n on log (n);")],
            progress: { event in
              guard case .lockNotAvailable = event else { return }
              await #expect(throws: Never.self) { try await other.script("commit") }
            })

        #expect(result.failure == nil)
        #expect(result.promoted.first?.retries == 1)
        #expect(try await other.value("select indisvalid from pg_index where indexrelid = 'log_n'::regclass"))
      }
    }
  }

  @Test("refuses to go on with a file whose finished part was edited")
  func editedHalfway() async throws {
    try await withScratchDatabase { target async throws in
      let first = await promotion(to: target)
        .promote([.of("1_a", "create table a ();\nvacuum;\nselect nothing;")])
      let edited = await promotion(to: target, run: "run-2")
        .promote([.of("1_a", "create table aa ();\nvacuum;\nselect 1;")])
      let mended = await promotion(to: target, run: "run-3")
        .promote([.of("1_a", "create table a ();\nvacuum;\nselect 1;")])

      #expect(first.failure?.code == .statement)
      #expect(first.failure?.position == SourcePosition(line: 3, column: 8))
      #expect(edited.failure?.code == .journalMismatch)
      #expect(edited.failure?.position == SourcePosition(line: 1, column: 1))
      #expect(mended.failure == nil)
      #expect(mended.promoted.count == 1)
    }
  }
}
