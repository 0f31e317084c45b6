import Postgres
import Testing

@Suite("Cancellation and timeouts")
struct CancellationTests {
  @Test("cancelling the task ends the statement on the server and leaves the connection usable")
  func cancel() async throws {
    try await withConnections { holder, other in
      let backend = await other.processID
      let task = Task { try await other.query("SELECT pg_advisory_lock(1)") }
      try await holder.awaitWaiting(backend)
      task.cancel()

      let error = try await postgresError { try await task.value }
      #expect(error.code == .cancelled)
      #expect(error.sqlState == .queryCanceled)
      #expect(try await other.query("SELECT 1").count == 1)
    }
  }

  @Test("a script, too, is cancelled")
  func cancelScript() async throws {
    try await withConnections { holder, other in
      let backend = await other.processID
      let task = Task { try await other.script("SELECT 1; SELECT pg_advisory_lock(1); SELECT 2") }
      try await holder.awaitWaiting(backend)
      task.cancel()

      let error = try await postgresError { try await task.value }
      #expect(error.code == .cancelled)
    }
  }

  @Test("a task that is cancelled already sends nothing")
  func cancelledBefore() async throws {
    try await withConnection { connection in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await connection.execute("CREATE TABLE t ()")
      }

      let error = try await postgresError { try await task.value }
      #expect(error.code == .cancelled)
      let found = try await connection.query("SELECT to_regclass('t') IS NULL")
      #expect(try found[0].decode(Bool.self))
    }
  }

  @Test("cleaning up works in a cancelled task")
  func evenIfCancelled() async throws {
    try await withConnection { connection in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await connection.query("SELECT 1", evenIfCancelled: true)
      }

      let rows = try await task.value
      #expect(rows.count == 1)
    }
  }

  @Test("cancelling at any moment ends the statement: a request that overtakes it is repeated")
  func cancelAtAnyMoment() async throws {
    try await withConnection { connection in
      for yields in 0..<30 {
        let task = Task { try await connection.execute("SELECT pg_sleep(60)") }
        for _ in 0..<yields * 10 { await Task.yield() }
        task.cancel()

        let error = try await postgresError { try await task.value }
        #expect(error.code == .cancelled)
      }
      #expect(try await connection.query("SELECT 1").count == 1)
    }
  }

  @Test("a cancellation that comes too late for one task does not hit the next one's statement")
  func lateCancellation() async throws {
    try await withConnection { connection in
      for _ in 0..<200 {
        let early = Task { try await connection.query("SELECT 1") }
        let late = Task { try await connection.query("SELECT 2") }
        early.cancel()
        let rows = try await late.value
        #expect(rows.count == 1)
        _ = await early.result
      }
    }
  }

  @Test("a statement that takes longer than its timeout is stopped")
  func timeout() async throws {
    try await withConnection { connection in
      let error = try await postgresError {
        try await connection.execute("SELECT pg_sleep(60)", timeout: .milliseconds(30))
      }

      #expect(error.code == .timeout)
      #expect(error.message == "The statement was stopped because it took longer than 30 ms.")
      #expect(try await connection.query("SELECT 1", timeout: .seconds(60)).count == 1)
    }
  }

  @Test("the server's own statement_timeout is the server's error")
  func serverTimeout() async throws {
    try await withConnection { connection in
      try await connection.execute("SET statement_timeout = '20ms'")
      let error = try await postgresError { try await connection.execute("SELECT pg_sleep(60)") }

      #expect(error.code == .server)
      #expect(error.sqlState == .queryCanceled)
    }
  }

  @Test("more connections than there are cores may wait without keeping anybody from talking")
  func independence() async throws {
    try await withConnection { holder in
      try await holder.execute("SELECT pg_advisory_lock(1)")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<12 {
          let waiting = try await Connection.open(holder.target, applicationName: "tests")
          let backend = await waiting.processID
          group.addTask {
            try await waiting.execute("SELECT pg_advisory_lock_shared(1)")
            await waiting.close()
          }
          try await holder.awaitWaiting(backend)
        }

        try await holder.execute("SELECT pg_advisory_unlock(1)")
        try await group.waitForAll()
      }
    }
  }
}
