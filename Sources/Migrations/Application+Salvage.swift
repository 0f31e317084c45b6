package import Postgres
internal import SQL

/// What came of a migration whose failing statements were passed over.
package struct Salvage: Sendable {
  /// One for each statement that failed, in the order of the file; empty when all is there.
  package internal(set) var failures: [ApplyFailure]
  package internal(set) var omissions: [AppliedMigration.Omission] = []

  package init(failures: [ApplyFailure] = []) {
    self.failures = failures
  }
}

extension Application {
  /// Applies whatever of the migration applies: each statement under a savepoint, and past the ones that fail.
  ///
  /// For asking what else would go wrong, on a database that can be thrown away. The steps are those of `apply`, so
  /// that `SET LOCAL` and temporary tables mean what they mean there.
  ///
  /// - Parameter selection: The statements to run, as indexes, of a migration whose others are there; nil for all.
  /// - Throws: What is not the fault of a statement: a connection that was lost, a task that was cancelled.
  package func salvage(
    _ selection: Set<Int>? = nil, on connection: isolated Connection, adaptation: any Adaptation, limits: TimeLimits
  ) async throws(ApplyFailure) -> Salvage {
    var salvage = Salvage()
    var sender = StatementSender(self, adaptation: adaptation, pace: .stepwise)
    sender.enqueueSessionReset()
    try await sender.flush(on: connection)
    for step in try salvagePlan().steps {
      let isTransaction = if case .transaction = step { true } else { false }
      if isTransaction { sender.enqueue("begin") }
      sender.enqueue(limits, local: isTransaction)
      try await sender.flush(on: connection)
      for index in step.statements where isWanted(index, of: selection) {
        // The file's own savepoints would take ours with them.
        let isGuarded = isTransaction && script.statements[index].transactionControl == nil
        do {
          if isGuarded { sender.enqueue(Query("savepoint \(Self.savepoint)")) }
          try await sender.send([index], on: connection)
          if isGuarded { sender.enqueue(Query("release \(Self.savepoint)")) }
        } catch {
          guard error.postgres?.code == .server, connection.isUsable else { throw error }
          salvage.failures.append(error)
          if isGuarded { sender.enqueue(Query("rollback to \(Self.savepoint)")) }
        }
        try await sender.flush(on: connection)
      }
      if isTransaction { try await end(step, &salvage, on: connection) }
    }
    salvage.omissions = sender.omissions
    return salvage
  }

  private static let savepoint = "penstock_salvage"

  /// An enum's new value can only be used when it is committed, and here it is not known whether one is.
  private func salvagePlan() throws(ApplyFailure) -> ExecutionPlan {
    let addsValue = script.statements.contains { if case .alterEnum = $0.syntax { true } else { false } }
    return addsValue && plan.isTransactional ? try planAfterNewEnumValue() : plan
  }

  /// What the session is set to counts for every statement.
  private func isWanted(_ index: Int, of selection: Set<Int>?) -> Bool {
    guard let selection else { return true }
    if case .setParameter = script.statements[index].syntax { return true }
    return selection.contains(index)
  }

  /// A constraint that is checked at the end belongs to no statement.
  private func end(
    _ step: ExecutionPlan.Step, _ salvage: inout Salvage, on connection: isolated Connection
  ) async throws(ApplyFailure) {
    guard connection.transactionStatus != .idle else { return }
    var commits = true
    if case .transaction(_, false) = step { commits = false }
    do {
      try await connection.execute(commits ? "commit" : "rollback")
    } catch {
      guard error.code == .server else { throw failure(error) }
      salvage.failures.append(failure(error))
    }
  }
}
