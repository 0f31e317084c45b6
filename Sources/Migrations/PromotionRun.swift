internal import Basics
internal import Postgres
internal import Synchronization

/// One promotion under way: the worker's connection, and what is done on it.
struct PromotionRun {
  typealias Check = @Sendable (isolated Connection, Migration) async throws -> Void
  typealias Progress = @Sendable (PromotionEvent) async -> Void

  let promotion: Promotion
  /// Replaced when it was lost at a COMMIT that turned out well.
  private(set) var worker: Connection
  let check: Check
  let progress: Progress

  init(promotion: Promotion, worker: Connection, check: @escaping Check, progress: @escaping Progress) {
    self.promotion = promotion
    self.worker = worker
    self.check = check
    self.progress = progress
  }

  /// Promotes one migration; nil when the target has applied it already.
  mutating func promote(_ application: Application) async throws(PromotionFailure) -> PromotedMigration? {
    guard application.plan.isTransactional else { return try await promoteStepwise(application, application.plan) }
    do {
      return try await promoteAtOnce(application)
    } catch  where (error.cause as? PostgresError)?.sqlState == .unsafeNewEnumValue {
      let plan: ExecutionPlan
      do throws(ApplyFailure) {
        plan = try application.planAfterNewEnumValue()
      } catch {
        throw PromotionFailure(error)
      }
      return try await promoteStepwise(application, plan)
    }
  }

  /// Takes migrations back, in one transaction with their rows; nothing when the target has not got the newest.
  mutating func revert(
    _ reversal: Reversal, by application: Application
  ) async throws(PromotionFailure) -> Bool {
    let migration = application.migration
    guard application.plan.isTransactional else {
      throw PromotionFailure(
        .file, "What undoes \(reversal.versions.joined(separator: ", ")) cannot be one transaction.",
        path: migration.path)
    }
    let statements = application.plan.steps.flatMap(\.statements)
    let (promotion, progress) = (promotion, progress)
    try await resetSession(for: application)
    let outcome = try await transaction(for: application) { [self] connection -> Bool in
      guard try await History.contains(version: migration.version, on: connection) else { return false }
      try await confirm(migration, on: connection)
      await progress(.began(migration, processID: connection.processID))
      var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
      sender.enqueue(promotion.limits, local: true)
      try await sender.send(statements, on: connection)
      sender.enqueueRemoval(of: reversal.versions, for: promotion.deployment)
      try await sender.flush(on: connection)
      return true
    }
    return outcome.value
  }

  /// Closes the deployment's record as far as the target can still be reached. What was promoted is in the target
  /// either way, so an error here changes nothing.
  func finish(_ result: PromotionResult) async {
    guard !result.promoted.isEmpty || !result.reverted.isEmpty, await worker.isUsable else { return }
    do {
      try await promotion.deployment.finish(result.failure == nil ? .promoted : .failed, on: worker)
    } catch {
      await worker.close()
    }
  }

  // MARK: - One transaction

  private mutating func promoteAtOnce(
    _ application: Application
  ) async throws(PromotionFailure) -> PromotedMigration? {
    let migration = application.migration
    let statements = application.plan.steps.flatMap(\.statements)
    let (promotion, progress) = (promotion, progress)
    try await resetSession(for: application)
    let outcome = try await transaction(for: application, records: true) { [self] connection -> Duration? in
      if try await History.contains(version: migration.version, on: connection) { return nil }
      try await confirm(migration, on: connection)
      await progress(.began(migration, processID: connection.processID))
      let start = ContinuousClock.now
      var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
      sender.enqueue(promotion.limits, local: true)
      try await sender.send(statements, on: connection)
      let duration = ContinuousClock.now - start
      sender.enqueueRecord(of: migration, duration: duration, for: promotion.deployment)
      try await sender.flush(on: connection)
      return duration
    }
    guard let duration = outcome.value else { return nil }
    let promoted = PromotedMigration(
      migration: migration, duration: duration, retries: outcome.retries, sequentialReason: nil)
    await progress(.promoted(promoted))
    return promoted
  }

  /// Has a backend whose client is dead notice, even in the middle of a long statement.
  func noticeDeadClient(on connection: isolated Connection, local: Bool) async throws(PostgresError) {
    guard connection.serverVersion >= 140_000 else { return }
    try await connection.execute("set \(local ? "local " : "")client_connection_check_interval = '500ms'")
  }

  // MARK: - Transactions, exactly once

  struct Committed<Value: Sendable>: Sendable {
    let value: Value
    let retries: Int
    /// Whether the connection was lost at COMMIT and the transaction found committed all the same. The session that
    /// goes on is a new one.
    let wasSettled: Bool
  }

  /// Runs `body` in a transaction on the worker, again for as long as a lock is not to be had, and knows in the end
  /// whether it was committed.
  ///
  /// - Parameter records: Whether it writes the migration's row of the history.
  mutating func transaction<Value: Sendable>(
    for application: Application, records: Bool = false,
    _ body: @escaping @Sendable (isolated Connection) async throws -> Value
  ) async throws(PromotionFailure) -> Committed<Value> {
    var retries = 0
    while true {
      do throws(PromotionFailure) {
        let (value, wasSettled) = try await attempt(application.migration, records: records, body)
        return Committed(value: value, retries: retries, wasSettled: wasSettled)
      } catch  where error.code == .lockNotAvailable && retries < promotion.settings.retries {
        retries += 1
        try await pause(beforeRetry: retries, of: application.migration, because: error)
      }
    }
  }

  /// Waits, longer with each retry, and never for the same time as another that waits for the same lock.
  func pause(
    beforeRetry retry: Int, of migration: Migration, because failure: PromotionFailure
  ) async throws(PromotionFailure) {
    let longest = min(promotion.settings.backoff * (1 << min(retry - 1, 16)), .seconds(10))
    let wait = longest * Double.random(in: 0.5...1)
    await progress(.lockNotAvailable(migration, retry: retry, wait: wait, failure))
    do {
      try await Task.sleep(for: wait)
    } catch {
      throw PromotionFailure(.cancelled, "The promotion was cancelled; nothing is left of it.", path: migration.path)
    }
  }

  /// Asks the caller whether the target is what it was proved on.
  func confirm(_ migration: Migration, on connection: isolated Connection) async throws {
    do {
      try await check(connection, migration)
    } catch let error where !(error is PostgresError || error is CancellationError) {
      throw PromotionFailure(.checkFailed, "\(error)", path: migration.path, cause: error)
    }
  }

  /// Undoes what an earlier migration left in the session.
  func resetSession(for application: Application) async throws(PromotionFailure) {
    var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
    sender.enqueueSessionReset()
    do throws(ApplyFailure) {
      try await sender.flush(on: worker)
    } catch {
      throw PromotionFailure(error)
    }
  }

  private mutating func attempt<Value: Sendable>(
    _ migration: Migration, records: Bool,
    _ body: @escaping @Sendable (isolated Connection) async throws -> Value
  ) async throws(PromotionFailure) -> (value: Value, wasSettled: Bool) {
    let (worker, progress) = (worker, progress)
    let processID = await worker.processID
    let reached = Mutex<(transaction: String, value: Value)?>(nil)
    do {
      let value = try await worker.transaction { [self] connection in
        try await noticeDeadClient(on: connection, local: true)
        let value = try await body(connection)
        let rows = try await connection.query("select pg_current_xact_id()::text")
        let transaction = try rows[0].decode(String.self)
        reached.withLock { $0 = (transaction, value) }
        await progress(.committing(migration))
        return value
      }
      return (value, false)
    } catch let failure as PromotionFailure {
      throw failure
    } catch let failure as ApplyFailure {
      throw PromotionFailure(failure)
    } catch let error as PostgresError where error.code == .commitUnknown {
      guard let (transaction, value) = reached.withLock({ $0 }) else { preconditionFailure("COMMIT before its body") }
      await progress(.settling(migration))
      let settlement = CommitSettlement(
        promotion: promotion, migration: migration, records: records, transaction: transaction, processID: processID)
      self.worker = try await settlement.connectionAfterCommit()
      return (value, true)
    } catch let error as PostgresError {
      throw PromotionFailure(ApplyFailure(path: migration.path, cause: .postgres(error)))
    } catch {
      throw PromotionFailure(.cancelled, "The promotion was cancelled; nothing is left of it.", path: migration.path)
    }
  }
}
