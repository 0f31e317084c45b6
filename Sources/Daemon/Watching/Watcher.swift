internal import Basics
internal import Git
package import Logging
package import Pipeline
internal import ServiceLifecycle
internal import SystemPackage

/// Sees to it that every tip that is pushed to a watched branch gets a run.
///
/// The truth is reading the branches and comparing them with what the store saw last: at the start, at every hint and
/// every half minute. inotify and the message of the `post-receive` hook are hints; the message also says who pushed and
/// names tips that are gone again by the time of the look.
package actor Watcher: Service {
  private let config: DaemonConfig
  private let store: RunStore
  private let repositories: RepositoryPool
  /// Called when there are runs that were not there before.
  private let runsQueued: @Sendable () -> Void
  private let logger: Logger
  /// What was wrong with a repository at the last look, so that it is said once.
  private var problems: [String: String] = [:]
  private let wakeUps = WakeUps()

  /// How long nothing but hints is relied on.
  private static let rescanInterval = Duration.seconds(30)
  /// How much longer than inotify the hook takes to tell who pushed. A hint without a name waits for it.
  private static let hookDelay = Duration.milliseconds(40)

  package init(
    config: DaemonConfig, store: RunStore, repositories: RepositoryPool, logger: Logger,
    runsQueued: @escaping @Sendable () -> Void
  ) {
    self.config = config
    self.store = store
    self.repositories = repositories
    self.logger = logger
    self.runsQueued = runsQueued
  }

  /// What is wrong with the repositories that cannot be read, by name.
  package var repositoryProblems: [String: String] { problems }

  /// Watches until the service group shuts down.
  package func run() async throws {
    await scan()
    let watched = await watchable()
    let hints: RefWatcher?
    do throws(GitError) {
      hints = try RefWatcher(directories: watched)
    } catch {
      logger.warning(
        "cannot watch the repositories, will look at them every half minute", metadata: ["reason": "\(error)"])
      hints = nil
    }
    let wakeUps = wakeUps
    await withTaskGroup { group in
      group.addTask {
        guard let hints else { return }
        for await _ in hints {
          try? await Task.sleep(for: Self.hookDelay)  // Cut short by the end, when the loop ends anyway.
          wakeUps.wake()
        }
      }
      group.addTask {
        while (try? await Task.sleep(for: Self.rescanInterval)) != nil { wakeUps.wake() }
      }
      await wakeUps.forEach { await self.scan() }
      group.cancelAll()
    }
  }

  private func watchable() async -> [FilePath] {
    var directories: [FilePath] = []
    for repository in config.repositories {
      // Of one that cannot be opened, `scan` said why.
      guard let opened = try? await repositories.repository(named: repository.name) else { continue }
      directories.append(opened.commonDirectory)
    }
    return directories
  }

  // MARK: Looking

  /// Reads every watched branch, and queues a run for each tip that was not seen before.
  package func scan() async {
    for config in config.repositories {
      do {
        try await scan(config)
        if problems.removeValue(forKey: config.name) != nil {
          logger.notice("the repository can be read again", metadata: ["repository": "\(config.name)"])
        }
      } catch {
        let reason = "\(error)"
        guard problems.updateValue(reason, forKey: config.name) != reason else { continue }
        logger.error(
          "cannot read the repository, will try again",
          metadata: ["repository": "\(config.name)", "reason": "\(reason)"])
      }
    }
  }

  private func scan(_ config: RepositoryConfig) async throws {
    let repository = try await repositories.repository(named: config.name)
    let seen = try await store.lastSeen(in: config.name)
    for (ref, environment) in config.branches.sorted(by: { $0.key < $1.key }) {
      let tip = try await repository.target(of: ref)
      switch (seen[ref], tip) {
      case (let old, let tip?) where old != tip:
        let request = RunRequest(repository: config.name, ref: ref, commit: tip, previous: old)
        _ = try await enqueue(request, environment: environment, whenLastSeen: old, in: repository)
      case (let old?, nil):
        try await store.recordDeletion(of: ref, in: config.name, whenLastSeen: old, actor: nil)
        runsQueued()
      default:
        break
      }
    }
  }

  // MARK: Being told

  /// Takes the hook's word for a push.
  /// - Returns: The runs of the tips that were pushed to watched branches, in the order of the updates.
  /// - Throws: `DaemonError`, code `notFound`, for a repository that is not watched.
  package func take(_ notice: PushNotice) async throws -> [RunID] {
    guard let name = await repositories.name(ofRepositoryAt: notice.repositoryPath),
      let config = config.repository(named: name)
    else {
      throw DaemonError(
        .notFound,
        "the repository \(notice.repositoryPath) is not in the daemon's configuration: add it under repositories")
    }
    var runs: [RunID] = []
    for update in notice.updates {
      guard let environment = config.branches[update.ref] else { continue }
      guard let new = update.new else {
        if let old = update.old {
          try await store.recordDeletion(of: update.ref, in: name, whenLastSeen: old, actor: notice.actor)
          runsQueued()
        }
        continue
      }
      let request = RunRequest(
        repository: name, ref: update.ref, commit: new, previous: update.old, actor: notice.actor)
      runs.append(try await take(request, environment: environment))
    }
    return runs
  }

  private func take(_ request: RunRequest, environment: String) async throws -> RunID {
    let repository = try await repositories.repository(named: request.repository)
    while true {
      let seen = try await store.lastSeen(in: request.repository)[request.ref]
      if seen == request.commit, let run = try await knownRun(of: request) { return run }
      let tip = try await repository.target(of: request.ref)
      guard seen == request.previous || tip == request.commit else {
        // The branch has moved on, and a look at it was faster than the hook.
        return try await takeLate(request, environment: environment, behind: tip ?? seen)
      }
      if try await enqueue(request, environment: environment, whenLastSeen: seen, in: repository) { return request.id }
    }
  }

  /// The run that a look at the branch began before the hook told who pushed.
  private func knownRun(of request: RunRequest) async throws -> RunID? {
    let run = try await store.run(of: request.commit, pushedTo: request.ref, in: request.repository)
    if let run, let actor = request.actor { try await store.setActor(actor, of: run.id) }
    return run?.id
  }

  /// A tip that nobody has looked at before the next one was pushed still gets its verdict.
  private func takeLate(
    _ request: RunRequest, environment: String, behind newer: ObjectID?
  ) async throws -> RunID {
    if let run = try await knownRun(of: request) { return run }
    var record = RunRecord(request: request)
    record.environment = environment
    record.supersede(by: newer)
    try await store.addSuperseded(record, environment: environment)
    runsQueued()
    return request.id
  }

  /// Queues a run, its commit pinned first: a force-push and a `git gc` could take the commit away.
  /// - Returns: False when the branch was seen elsewhere meanwhile.
  private func enqueue(
    _ request: RunRequest, environment: String, whenLastSeen seen: ObjectID?, in repository: Repository
  ) async throws -> Bool {
    try await repository.pin(request.commit, forRun: request.id.rawValue)
    do {
      guard try await store.enqueue(request, environment: environment, whenLastSeen: seen) else {
        try await repository.unpin(run: request.id.rawValue)
        return false
      }
    } catch {
      try await repository.unpin(run: request.id.rawValue)
      throw error
    }
    logger.info(
      "queued",
      metadata: [
        "run": "\(request.id)", "repository": "\(request.repository)", "ref": "\(request.ref)",
        "commit": "\(request.commit)",
      ])
    runsQueued()
    return true
  }
}

extension RunRecord {
  /// Ends a run whose place a newer push has taken.
  /// - Parameter commit: The newer push's commit; nil when the branch was deleted.
  mutating func supersede(by commit: ObjectID?) {
    result = .superseded
    failure = nil
    finishedAt = finishedAt ?? .now
    let words = commit.map { "superseded by \($0)" } ?? "the branch was deleted"
    stages.insert(StageRecord(stage: "queue", outcome: .passed, summary: [words]), at: 0)
  }
}
