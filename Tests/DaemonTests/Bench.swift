import Configuration
import Daemon
import Foundation
import Git
import Logging
import Pipeline
import SystemPackage
import TestSupport

/// A store, a log and a repository `shop` whose branches `staging` and `main` are watched, without any PostgreSQL.
struct Bench {
  let scratch: ScratchRepository
  let repository: Repository
  let config: DaemonConfig
  let store: RunStore
  let repositories: RepositoryPool
  let reporter: Reporter
  let watcher: Watcher
  let logFolder: FilePath

  static func with(_ body: (Bench) async throws -> Void) async throws {
    try await ScratchRepository.with { scratch in
      let state = StateFolder(scratch.directory.appending("state"))
      try state.make()
      let config = try DaemonConfig(
        """
        state: \(state.path)
        repositories:
          shop: { path: \(scratch.bare), branches: { staging: staging, main: production } }
        environments: { staging: { database: embedded }, production: { database: embedded } }
        """, file: "penstock.yaml", variables: [:])
      let store = try RunStore(state.store)
      let repositories = RepositoryPool(config.repositories, logger: silentLogger)
      let reporter = Reporter(
        store: store, log: AuditLog(directory: state.log), repositories: repositories, logger: silentLogger)
      let watcher = Watcher(
        config: config, store: store, repositories: repositories, logger: silentLogger, runsQueued: {})
      try await body(
        Bench(
          scratch: scratch, repository: Repository.open(scratch.bare), config: config, store: store,
          repositories: repositories, reporter: reporter, watcher: watcher, logFolder: state.log))
    }
  }

  /// The store as it is on the disk at this moment.
  func copyOfStore() throws -> RunStore {
    let store = StateFolder(config.state).store.string
    for ending in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: store + ending, toPath: store + ".copy" + ending)
    }
    return try RunStore(FilePath(store + ".copy"))
  }

  /// A daemon's that has just been started.
  func reporter(on store: RunStore) -> Reporter {
    Reporter(
      store: store, log: AuditLog(directory: logFolder),
      repositories: RepositoryPool(config.repositories, logger: silentLogger), logger: silentLogger)
  }

  /// Commits and pushes to `staging`.
  @discardableResult
  func push(_ message: String = "A commit", files: [String: String?] = [:], force: Bool = false) async throws
    -> ObjectID
  {
    let commit = try await scratch.commit(message, files: files)
    let outcome = try await scratch.push("HEAD:refs/heads/staging", force: force)
    guard outcome.isSuccess else { throw ScratchRepository.Outcome.Refused(text: outcome.standardError) }
    return commit
  }

  /// A run of a commit that is in the store with its end.
  func finishedRun(of commit: ObjectID, _ result: RunResult) async throws -> RunID {
    let request = try await queuedRun(of: commit)
    try await store.finish(.sample(request, result))
    return request.id
  }

  /// A run of a commit that is in the queue.
  func queuedRun(of commit: ObjectID) async throws -> RunRequest {
    let seen = try await store.lastSeen(in: "shop")[RefName(branch: "staging")]
    let request = RunRequest(
      repository: "shop", ref: RefName(branch: "staging"), commit: commit, previous: seen, actor: "ada")
    try await repository.pin(commit, forRun: request.id.rawValue)
    _ = try await store.enqueue(request, environment: "staging", whenLastSeen: seen)
    return request
  }
}

extension ScratchRepository.Outcome {
  struct Refused: Error { let text: String }
}
