internal import Foundation
internal import Git
internal import Glibc
package import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// The service: watch, queue, schedule, report.
package enum PenstockDaemon {
  /// How long a promotion may go on after the daemon was told to stop; then it is rolled back.
  private static let promotionLimit = Duration.seconds(60)
  /// How long everything else may take to stop.
  private static let tidyingLimit = Duration.seconds(30)

  /// Runs until SIGTERM or SIGINT, then stops in good order: what has not begun to promote goes back into the queue,
  /// what promotes ends or is rolled back, and every report is written.
  ///
  /// - Parameter variables: The environment: systemd's sockets and folders, passwords.
  /// - Throws: `DaemonError`, `PostgresError` or `ShadowError` when the service cannot be started; what broke it later.
  package static func run(
    config: DaemonConfig, logger: Logger, variables: [String: String] = ProcessInfo.processInfo.environment
  ) async throws {
    // A client that goes away is an error of one write, not the end of the daemon.
    signal(SIGPIPE, SIG_IGN)
    let notify = ServiceNotify(variables: variables)
    let state = StateFolder(config.state)
    try state.make()
    let lock = try StateLock(state)
    defer { withExtendedLifetime(lock) {} }

    let store = try RunStore(state.store)
    let log = AuditLog(directory: state.log)
    try await store.addLogEntry(LogEntry(.daemonStarted))
    notify.status("starting the database servers")
    let servers = try await TargetServers.start(config, variables: variables, logger: logger)

    let parts = DaemonParts(
      config: config, store: store, log: log, servers: servers, logger: logger, promotionLimit: promotionLimit)
    await parts.releaseStalePins()
    let control = ControlSocket(path: config.socket, desk: parts.desk, logger: logger) {
      logger.notice("ready", metadata: ["socket": "\(config.socket)", "state": "\(config.state)"])
      notify.ready("watching \(config.repositories.count) repositories")
    }
    let heartbeat = Heartbeat(
      notify: notify, store: store, scheduler: parts.scheduler, repositories: config.repositories.count,
      stopLimit: promotionLimit + tidyingLimit)

    // Stopped in the opposite order: whoever waits for a promotion is told of its end, and the end is reported.
    let services: [any Service] = [
      servers, parts.reporter, control, parts.scheduler, parts.watcher, heartbeat,
    ]
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger))
    do {
      try await group.run()
    } catch {
      await servers.stop()
      throw error
    }
    try await log.append(LogEntry(.daemonStopped))
    logger.notice("stopped")
  }
}

/// The services and what they share.
struct DaemonParts {
  let store: RunStore
  let repositories: RepositoryPool
  let reporter: Reporter
  let feed: RunFeed
  let scheduler: Scheduler
  let watcher: Watcher
  let desk: ControlDesk
  private let config: DaemonConfig
  private let logger: Logger

  init(
    config: DaemonConfig, store: RunStore, log: AuditLog, servers: TargetServers, logger: Logger,
    promotionLimit: Duration
  ) {
    let repositories = RepositoryPool(config.repositories, logger: logger)
    let reporter = Reporter(store: store, log: log, repositories: repositories, logger: logger)
    let feed = RunFeed()
    let execution = RunExecution(
      config: config, repositories: repositories, environments: servers.environments, shadow: servers.shadow,
      servers: servers.embeddedServers, logger: logger)
    let scheduler = Scheduler(
      store: store, reporter: reporter, feed: feed, execution: execution, logger: logger,
      promotionLimit: promotionLimit)
    let watcher = Watcher(config: config, store: store, repositories: repositories, logger: logger) {
      scheduler.wake()
    }
    self.config = config
    self.logger = logger
    self.store = store
    self.repositories = repositories
    self.reporter = reporter
    self.feed = feed
    self.scheduler = scheduler
    self.watcher = watcher
    desk = ControlDesk(
      config: config, store: store, watcher: watcher, scheduler: scheduler, feed: feed, log: log,
      environments: servers.environments)
  }

  /// Lets go of commits that were pinned for runs which never came into the queue, because the daemon died in between.
  func releaseStalePins() async {
    for config in config.repositories {
      do {
        let repository = try await repositories.repository(named: config.name)
        for run in try await repository.pins().keys where try await !store.needsPin(run) {
          try await repository.unpin(run: run)
        }
      } catch {
        logger.warning(
          "cannot look for pins that are no longer needed",
          metadata: ["repository": "\(config.name)", "reason": "\(error)"])
      }
    }
  }
}
