internal import Git
package import Logging
internal import Pipeline
internal import ServiceLifecycle

/// Tells the world what became of the runs: the commit's note, the records note, the log; then lets the commit go.
///
/// What is to be told is in the store, put there in the transaction that ended the run, and stays there until it is
/// told: a crash, a full disk or a locked reference delays a report and loses none. Every delivery may be made twice and
/// has its effect once.
package actor Reporter: Service {
  private let store: RunStore
  private let log: AuditLog
  private let repositories: RepositoryPool
  private let logger: Logger
  /// The pass that is under way or was the last; the next one waits for it.
  private var lastPass: Task<Bool, Never>?
  private let wakeUps = WakeUps()

  package init(store: RunStore, log: AuditLog, repositories: RepositoryPool, logger: Logger) {
    self.store = store
    self.log = log
    self.repositories = repositories
    self.logger = logger
  }

  /// Says that there is something to deliver, and does not wait for it.
  package nonisolated func wake() { wakeUps.wake() }

  /// Delivers now and then, until the service group shuts down; then delivers once more.
  package func run() async {
    await wakeUps.forEach { await self.deliverOrRetry() }
    await deliver()
  }

  private func deliverOrRetry() async {
    guard await !deliver() else { return }
    wakeUps.wake(after: .seconds(5))
  }

  /// Attempts all that is to be delivered.
  /// - Returns: Whether everything is delivered.
  @discardableResult
  package func deliver() async -> Bool {
    let previous = lastPass
    // Passes come one after another. Nobody cancels them: each ends by itself, soon.
    let pass = Task {
      _ = await previous?.value
      return await self.pass()
    }
    lastPass = pass
    return await pass.value
  }

  private func pass() async -> Bool {
    /// Runs of which something could not be delivered.
    var stuck: Set<RunID> = []
    var isLogStuck = false
    do {
      for (number, delivery) in try await store.deliveries(limit: 10_000) {
        switch delivery {
        case .log where isLogStuck: continue
        case .unpin(let run) where stuck.contains(run): continue
        default: break
        }
        do {
          try await make(delivery)
          try await store.confirm(number)
        } catch {
          if let run = delivery.run { stuck.insert(run) } else { isLogStuck = true }
          logger.error("cannot report, will try again", metadata: ["what": "\(delivery.words)", "reason": "\(error)"])
        }
      }
    } catch {
      logger.error("cannot read what is to be reported", metadata: ["reason": "\(error)"])
      return false
    }
    return stuck.isEmpty && !isLogStuck
  }

  private func make(_ delivery: Delivery) async throws {
    if case .log(let entry) = delivery { return try await log.append(entry) }
    guard let run = delivery.run, let record = try await store.record(of: run) else { return }
    let repository = try await repositories.repository(named: record.request.repository)
    switch delivery {
    case .note: try await RunNotes(repository).writeNote(for: record)
    case .record: try await RunNotes(repository).writeRecord(record)
    case .unpin: try await repository.unpin(run: run.rawValue)
    case .log: break
    }
  }
}

extension Delivery {
  fileprivate var words: String {
    switch self {
    case .note(let run): "the note of run \(run)"
    case .record(let run): "the record of run \(run)"
    case .unpin(let run): "the end of run \(run)'s pin"
    case .log(let entry): "\(entry.event.rawValue) to the log"
    }
  }
}
