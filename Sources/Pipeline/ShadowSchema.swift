internal import Postgres
package import Schema
internal import Shadow

/// A shadow's schema, and who can do what in it.
package struct ShadowSchema: Sendable {
  package let snapshot: Snapshot
  package let access: AccessMatrix
}

/// What a run reads of a shadow.
struct SchemaReader: Hashable, Sendable {
  let scope: Scope
  /// What the shadow's roles may do is set by it, and is part of no state.
  let platform: Platform
  /// The API roles whose access is compared.
  let roles: [String]

  func read(from connection: Connection, _ snapshots: SnapshotKeeper) async throws(PostgresError) -> ShadowSchema {
    ShadowSchema(
      snapshot: try await snapshots.read(from: connection, scope: scope),
      access: try await AccessMatrix.read(from: connection, scope: scope, roles: roles))
  }
}
