package import Basics
package import Postgres

/// Why and by whom a promotion is made: the evidence that is kept in the target, in `penstock.deployments`.
package struct Deployment: Hashable, Sendable, Codable {
  /// The run's identity, the same in every note and log.
  package let run: String
  package var repository: String?
  package var branch: String?
  /// Hexadecimal object ids.
  package var commit: String?
  package var tree: String?
  /// The chain hash of the migrations after the promotion.
  package var chain: Digest?
  /// The target's schema that the shadow run started from.
  package var fingerprintBefore: String?
  package var actor: String?
  /// A JSON object that the target keeps from its first promotion on; see `PenstockTables.defaults`. Nil for nothing.
  package var defaults: String?
  /// What undoes the migrations, by version.
  package var rollbacks: [String: Rollback] = [:]

  package init(run: String) {
    self.run = run
  }

  package enum Outcome: String, Hashable, Sendable, Codable {
    case promoting, promoted
    /// Promoted, and the target did not come out as the shadow.
    case notVerified = "promoted, not verified"
    case failed
  }
}

extension Deployment {
  /// Adds the deployment's row, once: the first migration's transaction brings it.
  var insertion: Query {
    Query(
      """
      insert into penstock.deployments (run, repository, branch, commit, tree, chain, fingerprint_before, actor)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (run) do nothing
      """,
      [run, repository, branch, commit, tree, chain?.description, fingerprintBefore, actor])
  }

  /// Keeps the defaults, unless the target has some.
  var defaultsInsertion: Query? {
    defaults.map {
      Query("insert into penstock.platform (defaults) values ($1::jsonb) on conflict ((true)) do nothing", [$0])
    }
  }

  /// Adds what Penstock keeps of one migration.
  func insertion(of migration: Migration, duration: Duration) -> Query {
    let rollback = rollbacks[migration.version]
    return Query(
      """
      insert into penstock.migrations
        (version, checksum, run, duration_ms, rollback, rollback_proved, rollback_loses)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (version) do update
        set checksum = excluded.checksum, run = excluded.run, duration_ms = excluded.duration_ms, applied_at = now(),
          rollback = excluded.rollback, rollback_proved = excluded.rollback_proved,
          rollback_loses = excluded.rollback_loses
      """,
      [
        migration.version, migration.checksum.description, run, duration.milliseconds, rollback?.sql,
        rollback?.isProved, rollback?.loses,
      ])
  }

  /// Says how the deployment ended. A deployment of which nothing was committed has no row, and stays without.
  package func finish(
    _ outcome: Outcome, fingerprintAfter: String? = nil, on connection: isolated Connection
  ) async throws(PostgresError) {
    try await connection.execute(
      """
      update penstock.deployments
      set outcome = $2, fingerprint_after = coalesce($3, fingerprint_after), finished_at = now()
      where run = $1
      """,
      [run, outcome.rawValue, fingerprintAfter], evenIfCancelled: true)
  }
}
