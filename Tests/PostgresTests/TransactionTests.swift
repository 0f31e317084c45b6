import Postgres
import Testing

@Suite("Transactions")
struct TransactionTests {
  @Test("a transaction whose body returns is committed")
  func commit() async throws {
    try await withTable { connection in
      let value = try await connection.transaction { connection in
        try await connection.execute("INSERT INTO t VALUES (1)")
        return 42
      }

      #expect(value == 42)
      #expect(try await count(connection) == 1)
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("a transaction whose body throws is rolled back, and the body's error comes out")
  func rollBack() async throws {
    struct Stop: Error {}
    try await withTable { connection in
      await #expect(throws: Stop.self) {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          throw Stop()
        }
      }

      let rows = try await count(connection)
      #expect(rows == 0)
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("a failed statement rolls the transaction back")
  func failedStatement() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          try await connection.execute("SELECT nothing")
        }
      }

      #expect(error.sqlState == .undefinedColumn)
      let rows = try await count(connection)
      #expect(rows == 0)
    }
  }

  @Test("a body that swallows a statement's failure does not pass for committed")
  func swallowedFailure() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          _ = try? await connection.execute("SELECT nothing")
        }
      }

      #expect(error.code == .transactionState)
      let rows = try await count(connection)
      #expect(rows == 0)
    }
  }

  @Test("a COMMIT inside the body is noticed")
  func commitInside() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.transaction { connection in
          try await connection.script("INSERT INTO t VALUES (1); COMMIT")
        }
      }

      #expect(error.code == .transactionState)
    }
  }

  @Test("a transaction inside a transaction is refused, and the outer one rolled back")
  func nested() async throws {
    try await withTable { connection in
      let error = try await postgresError {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          try await connection.transaction { _ in }
        }
      }

      #expect(error.code == .transactionState)
      let rows = try await count(connection)
      #expect(rows == 0)
    }
  }

  @Test("cancelling the task rolls back")
  func cancel() async throws {
    try await withConnections { holder, other in
      try await other.execute("CREATE TABLE t (id int)")
      let backend = await other.processID
      let task = Task {
        try await other.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          try await connection.execute("SELECT pg_advisory_lock(1)")
        }
      }
      try await holder.awaitWaiting(backend)
      task.cancel()

      let error = try await postgresError { try await task.value }
      #expect(error.code == .cancelled)
      #expect(await other.transactionStatus == .idle)
      #expect(try await count(other) == 0)
    }
  }

  @Test("a body that pays no attention to the cancellation is rolled back nevertheless")
  func cancelledBody() async throws {
    try await withTable { connection in
      let task = Task {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }

      await #expect(throws: CancellationError.self) { try await task.value }
      let rows = try await count(connection)
      #expect(rows == 0)
    }
  }

  @Test("a constraint that fails at COMMIT is the server's error, and nothing was committed")
  func deferredConstraint() async throws {
    try await withTable { connection in
      try await connection.execute("ALTER TABLE t ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED")
      let error = try await postgresError {
        try await connection.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1), (1)")
        }
      }

      #expect(error.sqlState == .uniqueViolation)
      let rows = try await count(connection)
      #expect(rows == 0)
    }
  }

  @Test("a transaction begins as its options say")
  func options() async throws {
    try await withTable { connection in
      let options = TransactionOptions(isolation: .serializable, isReadOnly: true, isDeferrable: true)
      let row = try await connection.transaction(options) { connection in
        try await connection.query(
          """
          SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),
                 current_setting('transaction_deferrable')
          """)
      }

      #expect(try row[0].decode(String.self, String.self, String.self) == ("serializable", "on", "on"))
    }
  }

  private func withTable(_ body: (Connection) async throws -> Void) async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int)")
      try await body(connection)
    }
  }

  private func count(_ connection: Connection) async throws -> Int {
    try await connection.query("SELECT count(*) FROM t")[0].decode(Int.self)
  }
}
