internal import Postgres

/// Whether the cluster's roles may be made what a state has, no more and no less.
enum RoleTurn {
  /// No other database of the cluster is in use: they may.
  case alone
  /// Databases that are in use at the same time see the roles of all of them.
  case together
}

extension StateCache {
  static let rolesScript = String(decoding: PackageResources.cluster_20_roles_sql, as: UTF8.self)

  /// Held shared for each database that is in use, by whoever handed it out; no owner's number.
  private static let rolesLock: Int32 = -2

  /// From here on the roles are changed by this connection alone, or by nobody else than those who add to them, until
  /// `leaveTurn`.
  func takeTurn() async throws(PostgresError) -> RoleTurn {
    let attempt = try await connection.query(
      "select pg_try_advisory_lock($1::int, $2::int)", [Self.lockClass, Self.rolesLock])
    if try attempt[0].decode(Bool.self) { return .alone }
    try await holdRoles()
    return .together
  }

  /// Lets others add to the roles, and no one take away from them for as long as this connection lasts.
  func leaveTurn(_ turn: RoleTurn) async throws(PostgresError) {
    guard turn == .alone else { return }
    try await holdRoles()
    try await connection.execute(
      "select pg_advisory_unlock($1::int, $2::int)", [Self.lockClass, Self.rolesLock], evenIfCancelled: true)
  }

  /// Notes that a database is in use, for as long as the connection lasts or until `letGoOfRoles`.
  func holdRoles() async throws(PostgresError) {
    // Whoever has the turn leaves it soon.
    try await connection.execute(
      "select pg_advisory_lock_shared($1::int, $2::int)", [Self.lockClass, Self.rolesLock], evenIfCancelled: true)
  }

  func letGoOfRoles() async throws(PostgresError) {
    try await connection.execute(
      "select pg_advisory_unlock_shared($1::int, $2::int)", [Self.lockClass, Self.rolesLock], evenIfCancelled: true)
  }

  /// Gives the cluster the roles of a state; see `Resources/cluster_20_roles.sql`.
  ///
  /// - Returns: False when one of them has the name of another that is in use.
  func restoreRoles(of state: DatabaseName, _ turn: RoleTurn) async throws(PostgresError) -> Bool {
    let rows = try await connection.query(
      "select penstock.restore_roles(roles, $2, name) from penstock.state where name = $1 and roles is not null",
      [state.rawValue, turn == .alone])
    return try rows.first?.decode(Bool.self) ?? true
  }

  /// Gives the cluster the roles of a shadow that stood ready.
  ///
  /// - Returns: False when one of them has the name of another that is in use.
  func restoreRoles(_ roles: String, of shadow: DatabaseName, _ turn: RoleTurn) async throws(PostgresError) -> Bool {
    try await connection.query(
      "select penstock.restore_roles($1::jsonb, $2, $3)", [roles, turn == .alone, shadow.rawValue])[0]
      .decode(Bool.self)
  }

  /// Leaves the cluster the roles that stay, whatever state is worked on, when it is our turn alone.
  func forgetRoles() async throws(PostgresError) {
    try await connection.execute("select penstock.restore_roles('{}', true, '')")
  }

  /// The cluster's roles, and the settings of a database.
  func roles(of database: DatabaseName) async throws(PostgresError) -> String {
    try await connection.query("select penstock.roles($1)::text", [database.rawValue])[0].decode(String.self)
  }

  /// Whether the cluster's roles are these, whatever a database's settings are.
  func hasRoles(_ roles: String) async throws(PostgresError) -> Bool {
    try await connection.query(
      "select penstock.roles('') - 'ofDatabase' = $1::jsonb - 'ofDatabase'", [roles])[0].decode(Bool.self)
  }

  /// Gives a copy the settings that a state's own database had, or that a shadow has.
  func restoreSettings(of source: DatabaseName, on copy: DatabaseName) async throws(PostgresError) {
    try await connection.execute(
      """
      select penstock.restore_settings(
        coalesce((select roles from penstock.state where name = $1), penstock.roles($1)), $2)
      """, [source.rawValue, copy.rawValue])
  }

  /// Notes roles that stay, whatever state is worked on.
  ///
  /// - Parameter names: A JSON array.
  func keepRoles(named names: String) async throws(PostgresError) {
    try await connection.execute(
      "insert into penstock.platform_role select jsonb_array_elements_text($1::jsonb) on conflict do nothing", [names])
  }
}
