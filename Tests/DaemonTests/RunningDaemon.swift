import Basics
import Daemon
import Foundation
import Git
import Logging
import Pipeline
import Postgres
import ServiceLifecycle
import SystemPackage
import TestSupport

/// A whole daemon in this process, with a repository that is pushed to and an embedded target.
struct RunningDaemon {
  let scratch: ScratchRepository
  let client: ControlClient
  let socket: FilePath
  let state: StateFolder
  private let group: ServiceGroup

  /// Runs a daemon over a scratch repository until `body` has ended, then stops it in good order.
  static func with(_ scratch: ScratchRepository, _ body: (RunningDaemon) async throws -> Void) async throws {
    let folder = scratch.directory
    let config = try DaemonConfig(
      """
      state: \(folder.appending("state"))
      socket: \(folder.appending("penstock.sock"))
      repositories:
        shop: { path: \(scratch.bare), branches: { staging: staging } }
      environments: { staging: { database: embedded, profile: postgres } }
      shadow: { directory: \(folder.appending("shadow")), size-limit: 256MB }
      """, file: "penstock.yaml")
    // PostgreSQL, which may run as another user here, must be able to come to its folders.
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.string)
    let group = ServiceGroup(services: [DaemonService(config: config)], logger: silentLogger)
    let daemon = RunningDaemon(
      scratch: scratch, client: ControlClient(socket: config.socket), socket: config.socket,
      state: StateFolder(config.state), group: group)
    try await withThrowingTaskGroup { tasks in
      tasks.addTask { try await group.run() }
      do {
        // Whichever comes first: that the daemon is ready, or that it could not be started.
        tasks.addTask { try await daemon.waitUntilReady() }
        try await tasks.next()
        try await body(daemon)
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  private struct DaemonService: Service {
    let config: DaemonConfig

    func run() async throws {
      try await PenstockDaemon.run(config: config, logger: silentLogger, variables: [:])
    }
  }

  private func waitUntilReady() async throws {
    while true {
      do {
        return try await client.ask(.status) { _ in }
      } catch let error as DaemonError where error.code == .notRunning {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  // MARK: Pushing

  /// Commits files and the pipeline, pushes to `staging`, and tells the daemon as the hook would.
  /// - Returns: The run.
  func push(_ files: [String: String?], pipeline stages: String = Self.stages, concurrency: String = "supersede")
    async throws -> RunID
  {
    let pipeline = """
      name: staging
      on: { push: { branches: [staging] } }
      environment: staging
      concurrency: \(concurrency)
      stages: [\(stages)]
      """
    let previous = try? await scratch.id(of: "HEAD")
    let commit = try await scratch.commit(
      "A change", files: files.merging(["pipelines/staging.yaml": pipeline]) { $1 })
    let outcome = try await scratch.push("HEAD:refs/heads/staging")
    guard outcome.isSuccess else { throw ScratchRepository.Outcome.Refused(text: outcome.standardError) }
    let update = PushNotice.Update(ref: RefName(branch: "staging"), old: previous, new: commit)
    let notice = PushNotice(repositoryPath: scratch.bare.string, updates: [update], actor: "ada")
    var runs: [RunID] = []
    try await client.ask(.pushed(notice, wait: false)) { reply in
      if case .queued(let queued) = reply { runs = queued }
    }
    guard runs.count == 1 else { throw DaemonError(.refused, "\(runs.count) runs for one push") }
    return runs[0]
  }

  static let stages = "validate: { fail-on: off }, reset, apply, diff, promote"
  static let gated = "validate: { fail-on: off }, reset, apply, diff, gate, promote"

  // MARK: Watching

  /// Waits for the end of a run.
  func end(of run: RunID) async throws -> RunRecord {
    var record: RunRecord?
    try await client.ask(.attach(run)) { reply in
      if case .event(.finished(let finished)) = reply { record = finished }
    }
    guard let record else { throw DaemonError(.notFound, "run \(run) did not end") }
    return record
  }

  /// Waits until a run is as described.
  func wait(for run: RunID, until condition: (RunSummary) -> Bool) async throws {
    var isMet = false
    while !isMet {
      try await client.ask(.show(run.rawValue)) { reply in
        switch reply {
        case .run(let summary): isMet = condition(summary)
        case .record(let record): throw DaemonError(.refused, "run \(run) has ended: \(record.result.rawValue)")
        default: break
        }
      }
    }
  }

  func status() async throws -> DaemonStatus {
    var status: DaemonStatus?
    try await client.ask(.status) { reply in
      if case .status(let answer) = reply { status = answer }
    }
    guard let status else { throw DaemonError(.notFound, "no status") }
    return status
  }

  func note(on commit: ObjectID) async throws -> String {
    try await scratch.git("notes", "--ref=penstock", "show", commit.hex, in: scratch.bare)
  }

  /// Does something on the target.
  func onTarget<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
    let target = try await status().environments[0].target
    return try await Connection.with(ConnectionString(target), as: "test", body)
  }

  func appliedVersions() async throws -> [String] {
    try await onTarget { connection in
      let rows = try await connection.query("select version from supabase_migrations.schema_migrations order by 1")
      return try rows.map { try $0.decode(String.self) }
    }
  }
}
