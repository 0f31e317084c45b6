internal import Basics
internal import Git
package import Logging
internal import Pipeline
internal import ServiceLifecycle

/// Decides which run goes when.
///
/// Runs of one target come one after another, in the order in which they were queued; runs of different targets side by
/// side. A newer push to a branch takes the place of the branch's older runs until they begin to promote, unless their
/// pipeline says `concurrency: queue`. What there is to do is read from the store at every call, so that a restart
/// changes nothing.
package actor Scheduler: Service {
  let store: RunStore
  let reporter: Reporter
  let feed: RunFeed
  let execution: RunExecution
  let logger: Logger
  /// How long a promotion may go on after the daemon was told to stop.
  private let promotionLimit: Duration
  /// The runs under way.
  var active: [RunID: ActiveRun] = [:]
  /// For runs that wait at a gate: tells them that somebody has approved.
  var gates: [RunID: AsyncStream<Void>.Continuation] = [:]
  private var isStopping = false
  private nonisolated let wakeUps = WakeUps()

  package init(
    store: RunStore, reporter: Reporter, feed: RunFeed, execution: RunExecution, logger: Logger,
    promotionLimit: Duration = .seconds(60)
  ) {
    self.store = store
    self.reporter = reporter
    self.feed = feed
    self.execution = execution
    self.logger = logger
    self.promotionLimit = promotionLimit
  }

  /// Says that there may be something to do.
  package nonisolated func wake() { wakeUps.wake() }

  /// Works until the service group shuts down.
  ///
  /// Then nothing new is begun, runs that have not begun to promote go back into the queue, and a run that promotes may
  /// end: after `promotionLimit` it is rolled back and goes back into the queue as well.
  package func run() async {
    var limit: Task<Void, Never>?
    await withDiscardingTaskGroup { group in
      await wakeUps.forEach { await self.look(&group) }
      isStopping = true
      for (run, state) in active where !state.isPromoting { stop(run, because: .daemonStops) }
      // Cancelled below, when the last run has ended.
      limit = Task { await self.stopAll(after: promotionLimit) }
    }
    limit?.cancel()
  }

  private func stopAll(after limit: Duration) async {
    guard (try? await Task.sleep(for: limit)) != nil else { return }
    for run in active.keys {
      logger.warning("the promotion takes too long and is rolled back", metadata: ["run": "\(run)"])
      stop(run, because: .daemonStops)
    }
  }

  // MARK: What is next

  /// Ends what is superseded and begins what can begin.
  private func look(_ group: inout DiscardingTaskGroup) async {
    do {
      try await supersede()
      for run in try await startable() {
        active[run.id] = ActiveRun(run, target: execution.target(of: run))
        group.addTask { await self.carryOut(run) }
      }
    } catch {
      logger.error("cannot read the queue, will try again", metadata: ["reason": "\(error)"])
      wakeUps.wake(after: .seconds(1))
    }
    reporter.wake()
  }

  /// The oldest queued run of each target that is free and not paused.
  private func startable() async throws -> [RunSummary] {
    let paused = try await store.pausedEnvironments()
    let unfinished = try await store.unfinishedRuns()
    var busy = Set(active.values.map(\.target))
    return unfinished.filter { run in
      guard run.result == .queued, active[run.id] == nil, !paused.contains(run.environment) else { return false }
      return busy.insert(execution.target(of: run)).inserted
    }
  }

  /// Ends the runs whose place a newer run of their branch has taken.
  private func supersede() async throws {
    let branches = Dictionary(grouping: try await store.unfinishedRuns()) { Branch($0.request) }
    for runs in branches.values {
      for run in runs.dropLast() {
        guard await isSupersedable(run) else { continue }
        let newest = try await store.newestCommit(after: run.id)
        if active[run.id] != nil {
          stop(run.id, because: .superseded)
        } else {
          var record = RunRecord(request: run.request, startedAt: run.request.queuedAt)
          record.environment = run.environment
          record.supersede(by: newest)
          await end(run.id, with: record)
        }
      }
    }
  }

  private func isSupersedable(_ run: RunSummary) async -> Bool {
    let isQueue = await execution.concurrency(of: run) == .queue
    return !isQueue && active[run.id]?.isPromoting != true
  }

  private struct Branch: Hashable {
    let repository: String
    let ref: RefName

    init(_ request: RunRequest) {
      repository = request.repository
      ref = request.ref
    }
  }

  // MARK: A run

  private func carryOut(_ run: RunSummary) async {
    defer {
      active[run.id] = nil
      wake()
    }
    do {
      guard try await store.begin(run.id, at: .now), active[run.id]?.stopReason == nil else {
        if active[run.id]?.stopReason != nil { try await store.requeue(run.id) }
        return
      }
    } catch {
      logger.error("cannot begin the run, will try again", metadata: ["run": "\(run.id)", "reason": "\(error)"])
      wakeUps.wake(after: .seconds(1))
      return
    }
    // Cancelled by `stop`, and with the task group by the handler below.
    let work = Task { await execution.run(run, host: Host(run: run, scheduler: self)) }
    active[run.id]?.work = work
    if active[run.id]?.stopReason != nil { work.cancel() }
    let record = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    await conclude(run, record)
  }

  /// Brings a run to its end, or back into the queue.
  private func conclude(_ run: RunSummary, _ record: RunRecord) async {
    var record = record
    let isUnfinished = record.result == .cancelled || record.result == .superseded || record.result == .failed
    switch active[run.id]?.stopReason {
    case .daemonStops? where isUnfinished, nil where record.result == .cancelled && Task.isCancelled:
      await persist("put run \(run.id) back into the queue") { try await store.requeue(run.id) }
      await feed.restart(run.id)
      logger.notice("put back into the queue", metadata: ["run": "\(run.id)"])
      return
    case .cancelled? where isUnfinished:
      record.result = .cancelled
      record.failure = nil
    case .superseded? where isUnfinished:
      record.supersede(by: await newestCommit(after: run.id))
    case nil where record.result == .superseded:
      record.supersede(by: await newestCommit(after: run.id))
    default:
      break
    }
    await end(run.id, with: record)
  }

  private func newestCommit(after run: RunID) async -> ObjectID? {
    // Only for the words of a verdict that stands without it.
    try? await store.newestCommit(after: run)
  }

  /// Records the end of a run, reports it, and tells those who watch.
  func end(_ run: RunID, with record: RunRecord) async {
    await persist("record the end of run \(run)") { try await store.finish(record) }
    await reporter.deliver()
    await feed.publish(.finished(record))
    var facts: Logger.Metadata = ["run": "\(run)", "result": "\(record.result.rawValue)"]
    if let failure = record.failure {
      facts["reason"] =
        "\(PlainText.oneLine([failure.location, failure.message].compactMap(\.self).joined(separator: ": ")))"
    }
    let isTrouble = record.result == .failed || record.result == .promotedNotVerified
    logger.log(level: isTrouble ? .warning : .info, "finished", metadata: facts)
  }

  /// Writes to the store, as often as it takes. When the daemon is stopped meanwhile, it is given up: the run is then
  /// found unfinished at the next start and runs again, which promotes nothing twice.
  private func persist(_ what: String, _ write: () async throws -> Void) async {
    while true {
      do {
        return try await write()
      } catch {
        logger.error("cannot \(what), will try again", metadata: ["reason": "\(error)"])
      }
      guard !isStopping, (try? await Task.sleep(for: .seconds(2))) != nil else { return }
    }
  }

  /// Asks a run under way to end.
  func stop(_ run: RunID, because reason: ActiveRun.StopReason) {
    guard active[run]?.stopReason == nil else { return }
    active[run]?.stopReason = reason
    active[run]?.work?.cancel()
  }
}

/// A run that has been begun.
struct ActiveRun {
  enum StopReason { case cancelled, superseded, daemonStops }

  let summary: RunSummary
  /// What no other run may use at the same time.
  let target: String
  var work: Task<RunRecord, Never>?
  /// Whether the run may change the target, and so is no longer ended for a newer push.
  var isPromoting = false
  var stopReason: StopReason?

  init(_ summary: RunSummary, target: String) {
    self.summary = summary
    self.target = target
  }
}
