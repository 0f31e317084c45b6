package import Postgres

/// All that a plan must know of a schema: what it says, and what in it needs what.
package struct SchemaState: Sendable {
  package let snapshot: Snapshot
  let dependencies: Dependencies
  var unsaid = Unsaid()
  /// Who was connected: objects that a plan makes are that role's unless it says otherwise.
  let role: String

  /// Reads both in one transaction; see ``Snapshot/read(from:scope:)``.
  ///
  /// - Parameters:
  ///   - known: The schema, where it was read on this connection, and nothing has changed since; nil to read it.
  ///   - role: Who will run a plan, if not who is connected.
  package static func read(
    from connection: Connection, scope: Scope, known: Snapshot? = nil, role: String? = nil
  ) async throws(PostgresError) -> SchemaState {
    try await Snapshot.whileReading(connection) { reading throws(PostgresError) in
      let snapshot: Snapshot
      if let known { snapshot = known } else { snapshot = try await reading.snapshot(scope: scope) }
      let rows = try await reading.run([
        // Of catalogs that were just filled, the planner believes that they are nearly empty, and then compares each
        // dependency with each object.
        "select set_config('enable_nestloop', 'off', true)", Dependencies.query, "select current_user::text",
        Unsaid.query,
      ])
      let user = try rows[2][0].decode(String.self)
      return SchemaState(
        snapshot: snapshot, dependencies: try Dependencies(rows[1], of: snapshot.facts),
        unsaid: try Unsaid(rows[3], of: snapshot.facts), role: role ?? user)
    }
  }
}
