import Postgres
import TestSupport
import Testing

/// Runs `body` with a connection to a scratch database.
func withConnection<Value>(_ body: (Connection) async throws -> Value) async throws -> Value {
  try await withScratchDatabase { target in
    let connection = try await Connection.open(target, applicationName: "tests")
    let value = try await body(connection)
    await connection.close()
    return value
  }
}

/// Runs `body` with two connections to one scratch database, of which the first holds the advisory lock 1.
func withConnections<Value>(_ body: (_ holder: Connection, _ other: Connection) async throws -> Value) async throws
  -> Value
{
  try await withConnection { holder in
    try await holder.execute("SELECT pg_advisory_lock(1)")
    let other = try await Connection.open(holder.target, applicationName: "tests, the other")
    let value = try await body(holder, other)
    await other.close()
    return value
  }
}

extension Connection {
  /// Returns once the backend with this identifier waits for a lock.
  func awaitWaiting(_ processID: Int32) async throws {
    var isWaiting = false
    while !isWaiting {
      let rows = try await query("SELECT cardinality(pg_blocking_pids($1::int)) > 0", [processID])
      isWaiting = try rows[0].decode(Bool.self)
    }
  }
}

/// The error that `body` throws.
func postgresError<Value>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async throws -> PostgresError {
  let error = await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try await body() }
  return try #require(error, sourceLocation: sourceLocation)
}
