package import Basics
package import Postgres
package import SQL

/// How a migration's statements travel.
package enum Pace: Hashable, Sendable {
  /// One after the other, each answered before the next is sent: a client that dies leaves nothing under way that could
  /// commit without it.
  case stepwise
  /// Many at a time, in libpq's pipeline mode: for databases that can be thrown away.
  case pipelined
}

/// How long a migration's statements may wait and run. Nil leaves the server's own setting.
package struct TimeLimits: Hashable, Sendable {
  /// For a lock on an object that others use.
  package var lock: Duration?
  package var statement: Duration?

  package init(lock: Duration? = nil, statement: Duration? = nil) {
    self.lock = lock
    self.statement = statement
  }
}

/// What is left in the database of a migration's having been applied.
package enum Recording: Hashable, Sendable {
  /// A row of the history table, which must be there; in the migration's own transaction if it has one.
  case history
  case nothing
}

/// A migration that was applied.
package struct AppliedMigration: Sendable {
  package let migration: Migration
  package let duration: Duration
  /// Why it was not one transaction; nil when it was.
  package let sequentialReason: ExecutionPlan.Reason?
  /// What an adaptation left out, or said differently and noted.
  package let omissions: [Omission]

  package struct Omission: Hashable, Sendable {
    package let position: SourcePosition
    package let reason: String
  }
}

/// One migration, parsed, ready to be applied to one database or another.
package struct Application: Sendable {
  package let migration: Migration
  package let script: Script
  package let plan: ExecutionPlan

  /// - Throws: When the file cannot be split into statements, or its transaction control cannot be carried out.
  package init(_ migration: Migration) throws(ApplyFailure) {
    self.migration = migration
    do {
      script = try Script(migration.bytes)
    } catch {
      throw ApplyFailure(path: migration.path, position: error.position, cause: .file(error.message))
    }
    do {
      plan = try ExecutionPlan(script)
    } catch {
      throw ApplyFailure(
        path: migration.path, statementIndex: error.statementIndex,
        position: script.statements[error.statementIndex].position, cause: .file(error.message))
    }
  }

  /// Applies the migration.
  ///
  /// A file that can be one transaction is one: after a throw nothing of it is there. Of any other file the steps
  /// before the one that failed stay, so this is for databases that can be thrown away; `Promotion` keeps a journal.
  ///
  /// The session's settings and role are reset before the file, as the Supabase CLI does; what the file leaves of them
  /// stays. Cancelling the task stops the statement that runs, and rolls back.
  ///
  /// - Parameter observer: Watches the statements; for a stepwise pace.
  package func apply(
    on connection: isolated Connection,
    adaptation: any Adaptation = PlainAdaptation(),
    pace: Pace = .stepwise,
    limits: TimeLimits = TimeLimits(),
    recording: Recording = .history,
    observer: (any StatementObserver)? = nil
  ) async throws(ApplyFailure) -> AppliedMigration {
    let start = ContinuousClock.now
    var (plan, pace) = (plan, pace)
    while true {
      do {
        let omissions = try await run(
          plan, on: connection, adaptation: adaptation, pace: pace, limits: limits, recording: recording,
          observer: observer)
        return AppliedMigration(
          migration: migration, duration: .now - start, sequentialReason: plan.reason, omissions: omissions)
      } catch  where plan.isTransactional && pace == .pipelined && error.postgres?.mayBeOfStalePlan == true {
        // The plan of an earlier file's that is in the way is not there one step at a time.
        pace = .stepwise
      } catch  where plan.isTransactional && error.postgres?.sqlState == .unsafeNewEnumValue {
        plan = try planAfterNewEnumValue()
      }
    }
  }

  /// The statements as the history table keeps them.
  package var historyEntry: HistoryEntry {
    HistoryEntry(version: migration.version, name: migration.name, statements: script.historyStatements)
  }

  /// See `ExecutionPlan.afterNewEnumValue`.
  func planAfterNewEnumValue() throws(ApplyFailure) -> ExecutionPlan {
    do {
      return try .afterNewEnumValue(script)
    } catch {
      throw ApplyFailure(
        path: migration.path, statementIndex: error.statementIndex,
        position: script.statements[error.statementIndex].position, cause: .file(error.message))
    }
  }

  private func run(
    _ plan: ExecutionPlan, on connection: isolated Connection, adaptation: any Adaptation, pace: Pace,
    limits: TimeLimits, recording: Recording, observer: (any StatementObserver)?
  ) async throws(ApplyFailure) -> [AppliedMigration.Omission] {
    if plan.isTransactional, pace == .pipelined {
      return try await runAtOnce(plan, on: connection, adaptation: adaptation, limits: limits, recording: recording)
    }
    // Statements that stand alone are also sent alone: a pipeline is a transaction to the server.
    let pace = Pace.stepwise
    var sender = StatementSender(self, adaptation: adaptation, pace: pace, observer: observer)
    sender.enqueueSessionReset()
    try await sender.flush(on: connection)

    var omissions: [AppliedMigration.Omission] = []
    var isRecorded = recording == .nothing
    for (number, step) in plan.steps.enumerated() {
      switch step {
      case .transaction(let statements, let commits):
        let records = !isRecorded && commits && number == plan.steps.count - 1
        omissions += try await transaction(on: connection, commits: commits) { connection in
          var sender = StatementSender(self, adaptation: adaptation, pace: pace, observer: observer)
          sender.enqueue(limits, local: true)
          try await sender.send(statements, on: connection)
          if records { sender.enqueueHistoryRow(local: true) }
          try await sender.flush(on: connection)
          return sender.omissions
        }
        isRecorded = isRecorded || records
      case .alone(let index):
        sender.enqueue(limits, local: false)
        try await sender.send([index], on: connection)
      }
    }
    if !isRecorded {
      sender.enqueueHistoryRow(local: false)
      try await sender.flush(on: connection)
    }
    return omissions + sender.omissions
  }

  /// Sends the whole file in one go, BEGIN and COMMIT among it, and waits for the server once, or twice with a record.
  private func runAtOnce(
    _ plan: ExecutionPlan, on connection: isolated Connection, adaptation: any Adaptation, limits: TimeLimits,
    recording: Recording
  ) async throws(ApplyFailure) -> [AppliedMigration.Omission] {
    var sender = StatementSender(self, adaptation: adaptation, pace: .pipelined)
    sender.enqueueSessionReset()
    sender.enqueue("begin")
    sender.enqueue(limits, local: true)
    do throws(ApplyFailure) {
      try await sender.send(plan.steps.flatMap(\.statements), on: connection)
      if recording == .history {
        try await sender.flush(on: connection)
        sender.enqueueHistoryRow(local: true)
      }
      sender.enqueue("commit")
      try await sender.flush(on: connection)
    } catch {
      await connection.rollBack()
      throw error
    }
    return sender.omissions
  }

  /// - Parameter commits: Whether the transaction is kept; the file may say ROLLBACK.
  private func transaction(
    on connection: isolated Connection, commits: Bool,
    _ body: @Sendable (isolated Connection) async throws -> [AppliedMigration.Omission]
  ) async throws(ApplyFailure) -> [AppliedMigration.Omission] {
    do {
      return try await connection.transaction { connection in
        let omissions = try await body(connection)
        if !commits { throw Discarded(omissions: omissions) }
        return omissions
      }
    } catch let discarded as Discarded {
      return discarded.omissions
    } catch {
      throw failure(error)
    }
  }

  /// What went wrong around the statements: at BEGIN, at COMMIT, or because the task was cancelled.
  func failure(_ error: any Error) -> ApplyFailure {
    switch error {
    case let failure as ApplyFailure: failure
    case let error as PostgresError: ApplyFailure(path: migration.path, cause: .postgres(error))
    case is CancellationError:
      ApplyFailure(
        path: migration.path,
        cause: .postgres(PostgresError(.cancelled, "The migration was cancelled and rolled back.")))
    default: ApplyFailure(path: migration.path, cause: .file("\(error)"))
    }
  }
}

extension PostgresError {
  /// Whether a function's plan may be from before a column's type was changed. Where no function was at work, a value of
  /// the wrong type is the file's own mistake.
  fileprivate var mayBeOfStalePlan: Bool {
    sqlState == .datatypeMismatch && context?.contains("PL/pgSQL") == true
  }
}

/// Thrown to roll back a transaction that succeeded.
private struct Discarded: Error {
  let omissions: [AppliedMigration.Omission]
}
