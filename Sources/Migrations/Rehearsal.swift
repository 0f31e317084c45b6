internal import Basics
package import Postgres

/// A migration that was tried in a transaction and rolled back.
package struct Rehearsal<Value: Sendable>: Sendable {
  /// What was made of it before the rollback; `ApplyFailure` when the migration does not apply.
  package let outcome: Result<Value, any Error>
  /// Whether the database is what it was. A rollback does not take back what sequences have counted.
  package let leavesNothing: Bool
}

extension Application {
  /// Applies a migration that is one transaction, has `body` look at what it makes, and rolls it back.
  ///
  /// What COMMIT would find out is found out here, too: deferred constraints are checked before `body`. Cancelling the
  /// task stops the statement that runs, and rolls back.
  ///
  /// - Parameters:
  ///   - observer: Watches the statements.
  ///   - body: Is given the connection within the transaction, as the login's own role.
  package func rehearse<Value: Sendable>(
    on connection: isolated Connection, adaptation: any Adaptation, limits: TimeLimits,
    observer: (any StatementObserver)? = nil,
    _ body: (isolated Connection) async throws -> Value
  ) async -> Rehearsal<Value> {
    let outcome: Result<Value, any Error>
    do {
      try await perform(on: connection, adaptation: adaptation, limits: limits, observer: observer)
      outcome = .success(try await body(connection))
    } catch {
      outcome = .failure(error)
    }
    return Rehearsal(outcome: outcome, leavesNothing: await rollBack(on: connection))
  }

  private func perform(
    on connection: isolated Connection, adaptation: any Adaptation, limits: TimeLimits,
    observer: (any StatementObserver)?
  ) async throws(ApplyFailure) {
    var sender = StatementSender(self, adaptation: adaptation, pace: .stepwise, observer: observer)
    sender.enqueueSessionReset()
    sender.enqueue("begin")
    sender.enqueue("savepoint penstock_rehearsal")
    sender.enqueue(limits, local: true)
    try await sender.send(plan.steps.flatMap(\.statements), on: connection)
    sender.enqueue("set constraints all immediate")
    sender.enqueueRoleReset(local: true)
    try await sender.flush(on: connection)
  }

  /// Rolls back to the savepoint first, and then looks for what outlives a rollback: of the sequences that are left,
  /// those that were asked for a number are locked until the transaction itself ends (`lock_and_open_sequence` in
  /// PostgreSQL's src/backend/commands/sequence.c); and replication slots are in no transaction.
  ///
  /// - Returns: Whether there is nothing.
  private func rollBack(on connection: isolated Connection) async -> Bool {
    do {
      guard connection.isUsable, connection.transactionStatus != .idle else { return false }
      try await connection.execute(
        "rollback to savepoint penstock_rehearsal", timeout: .seconds(30), evenIfCancelled: true)
      let traces = try await connection.query(
        """
        select from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation and c.relkind = 'S'
        where l.pid = pg_catalog.pg_backend_pid() and l.mode = 'RowExclusiveLock'
        union all
        select from pg_catalog.pg_replication_slots where database = pg_catalog.current_database()
        """, evenIfCancelled: true)
      try await connection.execute("rollback", evenIfCancelled: true)
      return traces.isEmpty
    } catch {  // The server rolls back when the connection goes; what sequences have counted, nobody knows.
      connection.close()
      return false
    }
  }
}
