internal import Postgres

extension StateCache {
  /// What belongs to the whole cluster and PostgreSQL keeps from whoever may create roles only since version 16.
  static let clusterScript = String(decoding: PackageResources.cluster_10_roles_sql, as: UTF8.self)

  /// No owner's number: those are positive.
  private static let strangersLock: Int32 = -1

  /// Removes what a migration can make that is the cluster's and would outlive its database: other databases, also
  /// under the name of a state, and replication slots.
  func removeStrangers() async throws(PostgresError) {
    // One at a time, and whoever comes meanwhile leaves it to the first.
    let attempt = try await connection.query(
      "select pg_try_advisory_lock($1::int, $2::int)", [Self.lockClass, Self.strangersLock])
    guard try attempt[0].decode(Bool.self) else { return }
    let databases = try await connection.query(
      """
      select datname::text from pg_database
      where case
        when datname ~ '^state_' then datdba <> current_user::regrole
        when datname in ('template0', 'template1', current_database()) then false
        else datname !~ '^(draft|shadow)_[0-9]+_[0-9]+$'
      end
      """)
    for row in databases { try await drop(DatabaseName(rawValue: try row.decode(String.self))) }
    // Those of a database go with it.
    try await connection.execute(
      """
      select pg_drop_replication_slot(slot_name) from pg_replication_slots
      where database is null and not active
      """)
    try await connection.execute(
      "select pg_advisory_unlock($1::int, $2::int)", [Self.lockClass, Self.strangersLock], evenIfCancelled: true)
  }
}
