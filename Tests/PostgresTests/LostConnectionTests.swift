import Postgres
import Testing

@Suite("Lost connections")
struct LostConnectionTests {
  @Test("a session that is ended while idle is found out at its next statement, which is told why")
  func idle() async throws {
    try await withConnections { holder, other in
      try await holder.execute("SELECT pg_terminate_backend($1, 10000)", [await other.processID])

      let error = try await postgresError { try await other.query("SELECT 1") }
      #expect(error.code == .connectionLost)
      #expect(error.message.contains("was lost: "))
      #expect(error.message.hasSuffix("Connect again."))
      #expect(await other.isUsable == false)
      let second = try await postgresError { try await other.query("SELECT 1") }
      #expect(second.code == .closed)
    }
  }

  @Test("a session that is ended in a statement says so, with the server's reason")
  func busy() async throws {
    try await withConnections { holder, other in
      let backend = await other.processID
      let task = Task { try await other.query("SELECT pg_advisory_lock(1)") }
      try await holder.awaitWaiting(backend)
      try await holder.execute("SELECT pg_terminate_backend($1)", [backend])

      let error = try await postgresError { try await task.value }
      #expect(error.code == .connectionLost)
      #expect(error.sqlState == .adminShutdown)
      #expect(error.message.contains("terminating connection due to administrator command"))
    }
  }

  @Test("losing the connection during COMMIT is told apart: it may have been committed")
  func commit() async throws {
    try await withConnections { holder, other in
      try await holder.script(
        """
        CREATE TABLE t (id int);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_advisory_lock(1); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION wait();
        """)
      let backend = await other.processID
      let task = Task {
        try await other.transaction { connection in
          try await connection.execute("INSERT INTO t VALUES (1)")
        }
      }
      try await holder.awaitWaiting(backend)
      try await holder.execute("SELECT pg_terminate_backend($1)", [backend])

      let error = try await postgresError { try await task.value }
      #expect(error.code == .commitUnknown)
      #expect(try await holder.query("SELECT * FROM t").isEmpty)
    }
  }
}
