package import Postgres

/// All that a plan must know of a schema: what it says, and what in it needs what.
package struct SchemaState: Sendable {
  package let snapshot: Snapshot
  let dependencies: Dependencies
  /// Who was connected: objects that a plan makes are that role's unless it says otherwise.
  let role: String

  /// Reads both in one transaction; see ``Snapshot/read(from:scope:)``.
  package static func read(from connection: Connection, scope: Scope) async throws(PostgresError) -> SchemaState {
    try await Snapshot.whileReading(connection) { reading throws(PostgresError) in
      let snapshot = try await reading.snapshot(scope: scope)
      let rows = try await reading.run([Dependencies.query, "select current_user::text"])
      let role = try rows[1][0].decode(String.self)
      return SchemaState(
        snapshot: snapshot, dependencies: try Dependencies(rows[0], of: snapshot.facts), role: role)
    }
  }
}
