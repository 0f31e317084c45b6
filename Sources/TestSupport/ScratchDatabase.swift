package import Postgres

/// Runs `body` with a new, empty database on the shared server, and drops it afterwards.
///
/// - Parameter body: Gets the connection string of the server's superuser.
package func withScratchDatabase<Value>(_ body: (ConnectionString) async throws -> Value) async throws -> Value {
  let server = try await TestServer.shared
  let number = await scratchDatabases.enter()
  let result: Result<Value, any Error>
  do {
    let maintenance = server.connectionString(database: "postgres", user: TestServer.superuser)
    let name = "scratch_\(number)"
    try await run("CREATE DATABASE \(name)", on: maintenance)
    do {
      result = .success(try await body(maintenance.with(database: name)))
    } catch {
      result = .failure(error)
    }
    try await run("DROP DATABASE \(name) WITH (FORCE)", on: maintenance)
  } catch {
    await scratchDatabases.leave()
    throw error
  }
  await scratchDatabases.leave()
  return try result.get()
}

private func run(_ statement: String, on target: ConnectionString) async throws {
  let connection = try await Connection.open(target, applicationName: "tests")
  try await connection.execute(statement, evenIfCancelled: true)
  await connection.close()
}

private let scratchDatabases = Turnstile(capacity: 8)

/// Lets so many in at a time: tests all start at once, and a server has only so many connections.
private actor Turnstile {
  private var free: Int
  private var entered = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(capacity: Int) {
    free = capacity
  }

  /// Waits for a place; returns how many came before, and this one.
  func enter() async -> Int {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
    entered += 1
    return entered
  }

  /// Gives the place to whoever waits longest.
  func leave() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
