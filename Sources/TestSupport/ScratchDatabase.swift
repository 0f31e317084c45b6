package import Postgres
internal import Synchronization

/// Runs `body` with a new, empty database on the shared server, and drops it afterwards.
///
/// - Parameter body: Gets the connection string of the server's superuser.
package func withScratchDatabase<Value>(_ body: (ConnectionString) async throws -> Value) async throws -> Value {
  let server = try await TestServer.shared
  let name = "scratch_\(scratchDatabases.add(1, ordering: .relaxed).newValue)"
  let maintenance = server.connectionString(database: "postgres", user: TestServer.superuser)
  let connection = try await Connection.open(maintenance, applicationName: "tests")
  try await connection.execute("CREATE DATABASE \(name)")
  let result: Result<Value, any Error>
  do {
    result = .success(try await body(maintenance.with(database: name)))
  } catch {
    result = .failure(error)
  }
  try await connection.execute("DROP DATABASE \(name) WITH (FORCE)", evenIfCancelled: true)
  await connection.close()
  return try result.get()
}

private let scratchDatabases = Atomic(0)
