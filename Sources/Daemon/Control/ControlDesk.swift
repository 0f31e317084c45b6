internal import Basics
internal import Git
internal import Glibc
internal import Migrations
package import Pipeline
internal import Shadow
internal import SystemPackage

/// Answers what is asked through the control socket.
package struct ControlDesk: Sendable {
  private let config: DaemonConfig
  private let store: RunStore
  private let watcher: Watcher
  private let scheduler: Scheduler
  private let feed: RunFeed
  private let log: AuditLog
  private let environments: [String: Environment]
  private let startedAt = Timestamp.now

  package init(
    config: DaemonConfig, store: RunStore, watcher: Watcher, scheduler: Scheduler, feed: RunFeed, log: AuditLog,
    environments: [String: Environment]
  ) {
    self.config = config
    self.store = store
    self.watcher = watcher
    self.scheduler = scheduler
    self.feed = feed
    self.log = log
    self.environments = environments
  }

  /// - Parameter send: Gives the client a line. Not called again after it threw.
  /// - Throws: `DaemonError` for the client; what `send` throws.
  func answer(
    _ request: ControlRequest, from peer: Peer, send: @Sendable (ControlReply) async throws -> Void
  ) async throws {
    switch request {
    case .pushed(let notice, let wait):
      let runs = try await watcher.take(notice.attributed(to: peer.user))
      try await send(.queued(runs))
      guard wait else { return }
      for run in runs { try await attach(to: run, send) }
    case .runs(let limit, let repository):
      try await send(.runs(store.runs(limit: min(limit, 1_000), repository: repository)))
    case .show(let name): try await show(name, send)
    case .log(let count, let follow): try await sendLog(count, follow: follow, send)
    case .verifyLog:
      try await send(.logVerified(AuditLog.verify(directory: StateFolder(config.state).log)))
    case .attach(let run): try await attach(to: run, send)
    case .cancel(let run): try await send(.done(scheduler.cancel(run, by: peer.user)))
    case .retry(let run): try await send(.queued([scheduler.retry(run, by: peer.user)]))
    case .approve(let run): try await send(.done(scheduler.approve(run, by: peer)))
    case .pause(let environment):
      try await send(.done(scheduler.setPaused(true, environment: environment, by: peer.user)))
    case .resume(let environment):
      try await send(.done(scheduler.setPaused(false, environment: environment, by: peer.user)))
    case .status: try await send(.status(status()))
    case .history(let environment): try await send(.history(history(of: environment)))
    }
  }

  // MARK: Runs

  /// Tells of a run until it ends.
  private func attach(to id: RunID, _ send: (ControlReply) async throws -> Void) async throws {
    // The feed first: a run that ends between the two calls is in the store then.
    let events = await feed.events(of: id)
    guard let run = try await store.run(id) else { throw Self.noRun(id.rawValue) }
    if run.result.isFinal {
      guard let record = try await store.record(of: id) else { throw Self.noRun(id.rawValue) }
      for event in record.events { try await send(.event(event)) }
      return
    }
    for await event in events {
      try await send(.event(event))
      if case .finished = event { return }
    }
    throw DaemonError(
      .notRunning, "the daemon stops; the run is taken up again when it starts: penstock attach \(id)")
  }

  private func show(_ name: String, _ send: (ControlReply) async throws -> Void) async throws {
    var found: RunSummary?
    if let id = RunID(name) { found = try await store.run(id) }
    if found == nil { found = try await store.runs(ofCommit: name).first }
    guard let run = found else { throw Self.noRun(name) }
    if let record = try await store.record(of: run.id) {
      try await send(.record(record))
    } else {
      try await send(.run(run))
    }
  }

  private static func noRun(_ name: String) -> DaemonError {
    DaemonError(.notFound, "there is no run of \(PlainText.oneLine(name)): penstock runs shows them")
  }

  // MARK: The log and the daemon

  private func sendLog(
    _ count: Int, follow: Bool, _ send: (ControlReply) async throws -> Void
  ) async throws {
    guard follow else {
      for line in try await log.lines(last: count) { try await send(.logLine(line)) }
      return
    }
    let (lines, new) = try await log.follow(last: count)
    for line in lines { try await send(.logLine(line)) }
    for await line in new { try await send(.logLine(line)) }
  }

  private func history(of name: String) async throws -> [HistoryEntry] {
    guard let environment = environments[name] else {
      throw DaemonError(.notFound, "there is no environment \(name) in the daemon's configuration")
    }
    do {
      return try await TargetState.read(environment).history
    } catch {
      throw DaemonError(.unreachable, "the history of \(name) cannot be read: \(RunFailure(describing: error).message)")
    }
  }

  private func status() async throws -> DaemonStatus {
    let unfinished = try await store.unfinishedRuns()
    let paused = try await store.pausedEnvironments()
    let problems = await watcher.repositoryProblems
    return DaemonStatus(
      process: getpid(), startedAt: startedAt,
      queued: unfinished.count { $0.result == .queued }, running: unfinished.count { $0.result != .queued },
      undelivered: try await store.deliveryCount(),
      repositories: config.repositories.map {
        .init(name: $0.name, path: $0.path.string, problem: problems[$0.name])
      },
      environments: environments.values.sorted { $0.name < $1.name }.map {
        .init(name: $0.name, target: "\($0.target)", profile: $0.profile.rawValue, isPaused: paused.contains($0.name))
      })
  }
}
