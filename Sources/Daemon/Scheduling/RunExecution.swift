internal import Basics
internal import Configuration
internal import Foundation
internal import Git
package import Logging
package import Pipeline
package import Postgres
package import Shadow
internal import SystemPackage

/// What a run needs of the daemon: its repository, its pipeline, its target, a shadow.
package struct RunExecution: Sendable {
  private let config: DaemonConfig
  private let repositories: RepositoryPool
  private let environments: [String: Environment]
  private let shadows: RepositoryShadows
  private let memory = RunMemory()
  private let servers: [String: EmbeddedServer]
  private let logger: Logger

  /// - Parameters:
  ///   - environments: By name, those of the configuration.
  ///   - servers: Those of the embedded targets, by environment. A run finds its own running, even if it has died
  ///     before it.
  package init(
    config: DaemonConfig, repositories: RepositoryPool, environments: [String: Environment], shadows: RepositoryShadows,
    servers: [String: EmbeddedServer], logger: Logger
  ) {
    self.config = config
    self.repositories = repositories
    self.environments = environments
    self.shadows = shadows
    self.servers = servers
    self.logger = logger
  }

  /// Runs the pipeline. Whatever goes wrong is in the record.
  func run(_ run: RunSummary, host: any RunHost) async -> RunRecord {
    var record = await outcome(of: run, host: host)
    if let failure = record.failure, failure.isUnreachable {
      let words = [failure.advice, "Nothing is wrong with the commit: penstock retry \(run.id) runs it again."]
      record.failure?.advice = words.compactMap(\.self).joined(separator: "\n")
    }
    return record
  }

  private func outcome(of run: RunSummary, host: any RunHost) async -> RunRecord {
    do {
      let repository = try await repositories.open(run.request.repository)
      let pipeline = try await pipeline(for: run, in: repository)
      let environment = try environment(of: run)
      try await reviveTarget(of: run)
      let servers = await shadows.take(run.request.repository)
      let record = await Runner(repository: repository, shadows: servers, host: host, memory: memory)
        .run(run.request, pipeline: pipeline, in: environment)
      await shadows.leave(run.request.repository)
      return record
    } catch  where Task.isCancelled || error is CancellationError {
      var record = RunRecord(request: run.request, result: .cancelled)
      record.environment = run.environment
      record.finishedAt = .now
      return record
    } catch {
      return Runner.refusal(of: run.request, environment: run.environment, because: RunFailure(describing: error))
    }
  }

  private func reviveTarget(of run: RunSummary) async throws {
    if let target = servers[run.environment], try await target.revive() { logger.warn(ofRevived: target) }
  }

  /// What becomes of a run when a newer push to its branch arrives; `queue` too for a run whose pipeline cannot be read,
  /// because it ends by itself, at once and with the reason.
  func concurrency(of run: RunSummary) async -> PipelineFile.Concurrency {
    do {
      let repository = try await repositories.open(run.request.repository)
      return try await pipeline(for: run, in: repository).concurrency
    } catch {
      return .queue
    }
  }

  /// What runs may not share: the target's database.
  func target(of run: RunSummary) -> String {
    guard let environment = environments[run.environment] else { return "no target: \(run.environment)" }
    return "\(environment.target)"
  }

  func hasEnvironment(_ name: String) -> Bool { environments[name] != nil }

  func approvers(of environment: String) -> [String] { environments[environment]?.approvers ?? [] }

  /// Keeps a run's commit. Throws `notFound` when it is gone.
  func pin(_ request: RunRequest) async throws {
    let repository = try await repositories.repository(named: request.repository)
    _ = try await repository.commit(request.commit)
    try await repository.pin(request.commit, forRun: request.id.rawValue)
  }

  func unpin(_ request: RunRequest) async throws {
    try await repositories.repository(named: request.repository).unpin(run: request.id.rawValue)
  }

  private func environment(of run: RunSummary) throws(RunFailure) -> Environment {
    guard let environment = environments[run.environment] else {
      throw RunFailure(
        "there is no environment \(run.environment) in the daemon's configuration any more",
        advice: "Push again, to a branch that the configuration leads to an environment.")
    }
    return environment
  }

  // MARK: The pipeline

  private func pipeline(for run: RunSummary, in repository: Repository) async throws -> PipelineFile {
    let selection = try await selection(for: run.request, in: repository)
    let branch = run.request.ref.branch ?? run.request.ref.rawValue
    return try selection.pipeline(forPushTo: branch, environment: run.environment)
  }

  private func selection(for request: RunRequest, in repository: Repository) async throws -> PipelineSelection {
    switch config.repository(named: request.repository)?.pipelines ?? .commit {
    case .commit:
      return try await PipelineSelection(commit: request.commit, in: repository)
    case .ref(let ref):
      return try await PipelineSelection(commit: repository.resolve(ref.rawValue), in: repository)
    case .folder(let folder):
      return try Self.selection(in: folder)
    }
  }

  private static func selection(in folder: FilePath) throws -> PipelineSelection {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    var pipelines: [PipelineFile] = []
    var problems: [Problem] = []
    for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      let path = folder.appending(name).string
      let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
      do throws(InvalidFile) {
        pipelines.append(try PipelineFile(text, path: path))
      } catch {
        problems += error.problems
      }
    }
    return PipelineSelection(pipelines: pipelines, problems: problems)
  }
}

extension Logger {
  /// Tells that a server of the daemon's own was found dead, and runs again.
  func warn(ofRevived server: EmbeddedServer) {
    warning(
      "a database server of the daemon's own had died, and was started again",
      metadata: ["folder": "\(server.configuration.directory)"])
  }
}
