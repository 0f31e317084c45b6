internal import Basics
package import Postgres

/// Brings migrations to a target, each exactly once, whatever dies on the way.
///
/// A migration that can be one transaction is one, and the history's row is in it. What decides whether it was applied
/// is the target: its history, and for a COMMIT whose answer was lost the status of its transaction. What cannot be one
/// transaction is taken step by step, with a journal in the target (`Journal`), and resumed where it stopped.
package struct Promotion: Sendable {
  package let target: ConnectionString
  /// What the target is called, for `pg_stat_activity` and messages.
  package let name: String
  /// Who promotes: the same after a restart of the same daemon, and nobody else's. A backend of this instance that is
  /// there before the promotion begins belongs to a daemon that died.
  package let instance: String
  package let deployment: Deployment
  package var settings: Settings
  package var adaptation: any Adaptation

  package struct Settings: Hashable, Sendable {
    /// How long a statement waits for a lock before its transaction is rolled back and tried again.
    package var lockTimeout: Duration = .seconds(3)
    /// Nil leaves the target's own.
    package var statementTimeout: Duration?
    /// How often one transaction is tried again for want of a lock.
    package var retries = 8
    /// The wait before the first retry; it doubles with each, up to 10 seconds, and is jittered.
    package var backoff: Duration = .milliseconds(250)
    /// How long another promotion to the same target is waited for.
    package var turnTimeout: Duration = .seconds(60)
    /// How long it is tried to find out what became of a COMMIT whose answer was lost.
    package var settleTimeout: Duration = .seconds(60)

    package init() {}
  }

  /// What a statement may wait and run.
  var limits: TimeLimits { TimeLimits(lock: settings.lockTimeout, statement: settings.statementTimeout) }

  package init(
    to target: ConnectionString, name: String, instance: String, deployment: Deployment,
    settings: Settings = Settings(), adaptation: any Adaptation = PlainAdaptation()
  ) {
    self.target = target
    self.name = name
    self.instance = instance
    self.deployment = deployment
    self.settings = settings
    self.adaptation = adaptation
  }

  /// Promotes migrations, in the order given. Those that the target has applied meanwhile are passed over.
  ///
  /// Cancelling the task rolls back what is under way; a COMMIT that was sent is waited for.
  ///
  /// - Parameters:
  ///   - reverting: What is undone before, in the order given.
  ///   - check: Is the target still what the evidence was made on? Called within the transaction of each migration,
  ///     before its statements; of a migration that cannot be one transaction, before the first. A throw ends the
  ///     promotion.
  ///   - progress: Told of what happens, as it happens.
  /// - Returns: Never half of a migration, but for those that cannot be one transaction. What was promoted before a
  ///   failure stays promoted.
  package func promote(
    _ migrations: [Migration], reverting: [Reversal] = [],
    check: @escaping @Sendable (isolated Connection, Migration) async throws -> Void = { _, _ in },
    progress: @escaping @Sendable (PromotionEvent) async -> Void = { _ in }
  ) async -> PromotionResult {
    var result = PromotionResult()
    do {
      let applications = try Self.applications(of: migrations)
      let reversals = try zip(reverting, Self.applications(of: reverting.map(\.migration))).map { ($0, $1) }
      let turn = try await PromotionTurn.take(for: self, progress: progress)
      var run = PromotionRun(promotion: self, worker: turn.worker, check: check, progress: progress)
      do throws(PromotionFailure) {
        for (reversal, application) in reversals where try await run.revert(reversal, by: application) {
          result.reverted.append(reversal)
        }
        for application in applications {
          if let promoted = try await run.promote(application) {
            result.promoted.append(promoted)
          } else {
            result.alreadyApplied.append(application.migration)
          }
        }
      } catch {
        result.failure = error
      }
      await run.finish(result)
      await turn.end()
    } catch {
      result.failure = error
    }
    return result
  }

  private static func applications(of migrations: [Migration]) throws(PromotionFailure) -> [Application] {
    try migrations.map { migration throws(PromotionFailure) in
      do throws(ApplyFailure) { return try Application(migration) } catch { throw PromotionFailure(error) }
    }
  }
}

/// What a promotion did.
package struct PromotionResult: Sendable {
  /// What was undone, in order.
  package var reverted: [Reversal] = []
  /// In order.
  package var promoted: [PromotedMigration] = []
  /// What the target had applied before its turn came.
  package var alreadyApplied: [Migration] = []
  /// Why the rest was not promoted; nil when there is no rest.
  package var failure: PromotionFailure?
}

/// A migration that is in the target now.
package struct PromotedMigration: Sendable {
  package let migration: Migration
  /// From the first statement to the COMMIT, the last try only.
  package let duration: Duration
  /// How often it was tried again for want of a lock.
  package let retries: Int
  /// Why it was not one transaction; nil when it was.
  package let sequentialReason: ExecutionPlan.Reason?
}

/// What happens during a promotion.
package enum PromotionEvent: Sendable {
  /// Another promotion to the same target is under way.
  case waitingForTurn(PromotionTurn.Holder?)
  /// A backend that a dead daemon left behind was ended.
  case endedPredecessor(processID: Int32)
  /// The statements of a migration are about to be sent.
  case began(Migration, processID: Int32)
  /// A statement did not get a lock in time. The transaction is rolled back, and tried again after the wait.
  case lockNotAvailable(Migration, retry: Int, wait: Duration, PromotionFailure)
  /// All statements are done, and COMMIT is about to be sent.
  case committing(Migration)
  /// The answer to COMMIT was lost: the target is being asked what became of it.
  case settling(Migration)
  /// A migration is taken up where an earlier promotion left it.
  case resuming(Migration, doneStatements: Int)
  case promoted(PromotedMigration)
}
