import Postgres
import TestSupport
import Testing

@testable import Schema

/// A scratch database to change and to look at.
struct ScratchSchema {
  let connection: Connection

  func run(_ sql: String) async throws {
    try await connection.script(sql)
  }

  func snapshot(_ scope: Scope = .postgres) async throws -> Snapshot {
    try await Snapshot.read(from: connection, scope: scope)
  }

  func state(_ scope: Scope = .postgres) async throws -> SchemaState {
    try await SchemaState.read(from: connection, scope: scope)
  }

  /// What a change of the schema changes.
  func difference(_ change: String, scope: Scope = .postgres) async throws -> Difference {
    let before = try await snapshot(scope)
    try await run(change)
    return Difference(from: before, to: try await snapshot(scope))
  }
}

/// Runs `body` with a new database in which `setup` has been run, on a server that has Supabase's API roles.
///
/// - Parameter since: The version of PostgreSQL that what the test runs needs; on an older one the test is skipped.
func withSchema<Value>(
  _ setup: String = "", since: Int = 14, _ body: (ScratchSchema) async throws -> Value
) async throws -> Value {
  let major = try await TestServer.shared.configuration.binaries.major
  if major < since { try Test.cancel("needs PostgreSQL \(since), and this is \(major)") }
  await turnstile.enter()
  let result: Result<Value, any Error>
  do {
    result = .success(
      try await withScratchDatabase { target in
        let connection = try await Connection.open(target, applicationName: "schema tests")
        try await connection.script(roles + setup)
        let value = try await body(ScratchSchema(connection: connection))
        await connection.close()
        return value
      })
  } catch {
    result = .failure(error)
  }
  await turnstile.leave()
  do {
    return try result.get()
  } catch let error as PostgresError where error.message.contains("ICU is not supported") {
    try Test.cancel("needs a server that was built with ICU")
  }
}

/// Lets in a few tests at a time: each has two connections, and the server has not many.
private actor Turnstile {
  private var free = 8
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}

private let turnstile = Turnstile()

/// The snapshot of a new database in which `setup` has been run.
func snapshot(of setup: String, since: Int = 14, scope: Scope = .postgres) async throws -> Snapshot {
  try await withSchema(setup, since: since) { try await $0.snapshot(scope) }
}

/// Roles are the whole server's, and tests run side by side.
private let roles = """
  do $$
  declare role text;
  begin
    foreach role in array array['anon', 'authenticated', 'service_role', 'supabase_admin', 'Odd "role"'] loop
      begin
        execute format('create role %I', role);
      exception when duplicate_object or unique_violation then
      end;
    end loop;
  end $$;

  """

extension Difference {
  /// The lines of the text, without the line ends.
  var lines: [String] {
    DifferenceText(self).text.split(separator: "\n").map(String.init)
  }
}
