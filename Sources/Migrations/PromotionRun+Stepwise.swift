internal import Basics
internal import Postgres
internal import SQL

/// Migrations that cannot be one transaction.
extension PromotionRun {
  /// Promotes a migration step by step, from where an earlier promotion left it; nil when it is applied already.
  mutating func promoteStepwise(
    _ application: Application, _ plan: ExecutionPlan
  ) async throws(PromotionFailure) -> PromotedMigration? {
    let start = ContinuousClock.now
    var retries = 0
    // A connection lost at a COMMIT that turned out well takes the session's settings with it: start over, and let the
    // journal pass over what is done.
    while true {
      guard let pass = try await pass(application, plan) else { return nil }
      retries += pass.retries
      guard pass.isComplete else { continue }
      let promoted = PromotedMigration(
        migration: application.migration, duration: .now - start, retries: retries, sequentialReason: plan.reason)
      await progress(.promoted(promoted))
      return promoted
    }
  }

  private struct Pass {
    var retries = 0
    var isComplete = false
  }

  private mutating func pass(
    _ application: Application, _ plan: ExecutionPlan
  ) async throws(PromotionFailure) -> Pass? {
    let start = ContinuousClock.now
    let migration = application.migration
    try await resetSession(for: application)
    guard let journal = try await open(application) else { return nil }

    var pass = Pass()
    for step in plan.steps {
      var outcome: Committed<Void>?
      switch step {
      case .transaction(let statements, _) where journal.isDone(statements[0]):
        try await repeatSettings(of: statements, in: application)
      case .transaction(let statements, let commits):
        outcome = try await transaction(of: statements, in: application, commits: commits)
      case .alone(let index) where application.script.statements[index].isSessionSetting:
        try await send(index, of: application)
      case .alone(let index) where journal.isDone(index):
        continue
      case .alone(let index) where application.script.statements[index].isSafeInTransaction:
        outcome = try await transaction(of: [index], in: application, commits: true)
      case .alone(let index):
        outcome = try await act(index, of: application, isRepeat: journal.isIntended(index))
      }
      pass.retries += outcome?.retries ?? 0
      if outcome?.wasSettled == true { return pass }
    }

    let deployment = promotion.deployment
    let adaptation = promotion.adaptation
    let outcome = try await transaction(for: application, records: true) { connection in
      var sender = StatementSender(application, adaptation: adaptation, pace: .stepwise)
      sender.enqueueRecord(of: migration, duration: .now - start, for: deployment)
      try await sender.flush(on: connection)
    }
    pass.retries += outcome.retries
    pass.isComplete = true
    return pass
  }

  /// Reads how far the migration has come; nil when it is in the history. One that has not begun is confirmed first.
  private mutating func open(_ application: Application) async throws(PromotionFailure) -> Journal? {
    let migration = application.migration
    let outcome = try await transaction(for: application) { [self] connection -> (Journal, Int32)? in
      if try await History.contains(version: migration.version, on: connection) { return nil }
      let journal = try await Journal.read(version: migration.version, on: connection)
      if journal.isEmpty { try await confirm(migration, on: connection) }
      return (journal, connection.processID)
    }
    guard let (journal, processID) = outcome.value else { return nil }
    if let index = journal.mismatch(with: application.script) {
      let statement = application.script.statements.indices.contains(index) ? application.script.statements[index] : nil
      throw PromotionFailure(
        .journalMismatch,
        "Statement \(index + 1) of this migration is done on \(promotion.name) in another wording: the file was edited "
          + "after a promotion of it had stopped half-way. Restore the wording of what is done, and edit only the rest.",
        path: migration.path, position: statement?.position, statementIndex: index)
    }
    await progress(
      journal.isEmpty
        ? .began(migration, processID: processID) : .resuming(migration, doneStatements: journal.doneCount))
    return journal
  }

  /// Statements and their rows of the journal, in one transaction.
  private mutating func transaction(
    of statements: [Int], in application: Application, commits: Bool
  ) async throws(PromotionFailure) -> Committed<Void> {
    let promotion = promotion
    if !commits {
      try await rehearse(statements, of: application)
      return try await note(statements, of: application, isDone: true)
    }
    return try await transaction(for: application) { connection in
      var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
      sender.enqueue(promotion.limits, local: true)
      try await sender.send(statements, on: connection)
      sender.enqueueJournal(statements, isDone: true)
      try await sender.flush(on: connection)
    }
  }

  /// Runs what the file itself rolls back.
  private func rehearse(_ statements: [Int], of application: Application) async throws(PromotionFailure) {
    let promotion = promotion
    do {
      try await worker.transaction { connection in
        var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
        sender.enqueue(promotion.limits, local: true)
        try await sender.send(statements, on: connection)
        throw Rehearsed()
      }
    } catch is Rehearsed {
      return
    } catch {
      throw PromotionFailure(application.failure(error))
    }
  }

  /// Writes rows of the journal, in a transaction of their own.
  private mutating func note(
    _ statements: [Int], of application: Application, isDone: Bool
  ) async throws(PromotionFailure) -> Committed<Void> {
    let adaptation = promotion.adaptation
    return try await transaction(for: application) { connection in
      var sender = StatementSender(application, adaptation: adaptation, pace: .stepwise)
      sender.enqueueJournal(statements, isDone: isDone)
      try await sender.flush(on: connection)
    }
  }

  /// A statement that no transaction can hold: intent, act, done.
  private mutating func act(
    _ index: Int, of application: Application, isRepeat: Bool
  ) async throws(PromotionFailure) -> Committed<Void> {
    let statement = application.script.statements[index]
    var isRepeat = isRepeat
    var retries = 0
    while true {
      do throws(PromotionFailure) {
        if try await isInCatalog(statement, of: application), isRepeat { break }
        if !isRepeat {
          let intent = try await note([index], of: application, isDone: false)
          if intent.wasSettled { return intent }
          isRepeat = true
        }
        try await send(index, of: application)
        break
      } catch  where error.code == .lockNotAvailable && retries < promotion.settings.retries {
        retries += 1
        try await pause(beforeRetry: retries, of: application.migration, because: error)
      }
    }
    let done = try await note([index], of: application, isDone: true)
    return Committed(value: (), retries: retries + done.retries, wasSettled: done.wasSettled)
  }

  /// Whether what a statement makes is there, or what it drops is gone. An index that an earlier try left invalid is
  /// dropped here, so that it can be built.
  private func isInCatalog(
    _ statement: Statement, of application: Application
  ) async throws(PromotionFailure) -> Bool {
    do {
      return try await ConcurrentIndex.isSettled(statement, on: worker)
    } catch {
      throw PromotionFailure(application.failure(error))
    }
  }

  /// Sends one statement outside a transaction.
  private func send(_ index: Int, of application: Application) async throws(PromotionFailure) {
    var sender = StatementSender(application, adaptation: promotion.adaptation, pace: .stepwise)
    sender.enqueue(promotion.limits, local: false)
    do {
      try await noticeDeadClient(on: worker, local: false)
      try await sender.send([index], on: worker)
    } catch {
      throw PromotionFailure(application.failure(error))
    }
  }

  /// What statements that are done have set for those that are not.
  private func repeatSettings(of statements: [Int], in application: Application) async throws(PromotionFailure) {
    for index in statements where application.script.statements[index].isSessionSetting {
      try await send(index, of: application)
    }
  }
}

/// Thrown to roll back a transaction that succeeded.
private struct Rehearsed: Error {}

extension Statement {
  /// Whether it changes nothing but the session, so that it belongs to every session that goes on with the file.
  fileprivate var isSessionSetting: Bool {
    if case .setParameter(let setting) = syntax { !setting.isLocal } else { false }
  }

  /// Whether it may share a transaction with its row of the journal. What can commit by itself may not.
  fileprivate var isSafeInTransaction: Bool {
    switch syntax {
    case .call, .doBlock, .unparsed: false
    default: !cannotRunInTransaction
    }
  }
}
