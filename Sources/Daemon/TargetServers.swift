package import Logging
internal import Migrations
package import Pipeline
internal import Postgres
internal import ServiceLifecycle
package import Shadow

/// The PostgreSQL servers that are the daemon's own, the shadows' and the embedded targets', and the environments that
/// runs are for.
package struct TargetServers: Service {
  package let shadows: RepositoryShadows
  /// By name, those of the configuration.
  package let environments: [String: Environment]
  /// By environment.
  private let embedded: [String: EmbeddedTarget]

  /// Starts the servers side by side.
  ///
  /// A target elsewhere need not be there yet: a run that does not find it fails with that reason.
  /// - Throws: `DaemonError` for a password that cannot be read, `PostgresError` or `ShadowError` for a server that
  ///   cannot be started.
  package static func start(
    _ config: DaemonConfig, variables: [String: String], logger: Logger
  ) async throws -> TargetServers {
    let state = StateFolder(config.state)
    let environments = try config.environments.compactMap {
      try $0.remote(instance: state.instance, variables: variables)
    }
    let installed = await ServerBinaries.installed(besides: config.shadow.postgresql)
    let shadowDirectory = await config.shadow.directory.prepared(
      state: state.path, size: config.shadow.sizeLimit + config.repositories.count * RepositoryShadows.footprint)
    let shadows = RepositoryShadows(
      .init(
        directory: shadowDirectory, installed: installed, cacheLimit: config.shadow.sizeLimit,
        notice: { logger.warning("a shadow was not as it should be", metadata: ["reason": "\($0)"]) }),
      of: config.repositories.map(\.name), onRevival: { logger.warn(ofRevived: $0) })
    await shadows.sweep()
    async let isStarted: Void = startFirst(of: shadows, config, state: state)
    let targets = try await withThrowingTaskGroup(of: (EnvironmentConfig, EmbeddedTarget).self) { group in
      for environment in config.environments where environment.isEmbedded {
        group.addTask {
          let directory = state.target(environment.name)
          return (
            environment,
            try await EmbeddedTarget.start(
              in: directory, installed: installed, profile: environment.profile, lifetime: .process)
          )
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let all =
      environments
      + targets.map { $0.environment(target: $1.connection, instance: state.instance, adaptation: $1.adaptation) }
    try await isStarted
    return TargetServers(
      shadows: shadows,
      environments: Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      embedded: Dictionary(targets.map { ($0.name, $1) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Starts the first repository's shadows, so that what is wrong with servers here is known now. Those of the others
  /// start with their first run. With several versions installed, which one a target elsewhere needs is known when it is
  /// asked.
  private static func startFirst(
    of shadows: RepositoryShadows, _ config: DaemonConfig, state: StateFolder
  ) async throws {
    let repository = config.repositories[0]
    let environments = Set(repository.branches.values)
    var majors: Set<Int?> = Set(
      config.environments.filter { $0.isEmbedded && environments.contains($0.name) }
        .map { EmbeddedTarget.major(in: state.target($0.name)) })
    if Set(shadows.configuration.installed.map(\.major)).count <= 1 { majors = [nil] }
    let servers = await shadows.take(repository.name)
    for major in majors { _ = try await servers.server(forMajor: major) }
    await shadows.leave(repository.name)
  }

  /// The servers of the embedded targets, by environment.
  var embeddedServers: [String: EmbeddedServer] { embedded.mapValues(\.server) }

  /// Keeps the servers until the service group shuts down, then stops them: the last of all services.
  package func run() async throws {
    try? await gracefulShutdown()  // Throws when the group is cancelled, and then too the servers are to be stopped.
    await stop()
  }

  /// Stops the servers. One that does not stop dies with the process.
  package func stop() async {
    await shadows.stop()
    for target in embedded.values { try? await target.server.stop() }
  }
}

extension EnvironmentConfig {
  fileprivate var isEmbedded: Bool {
    if case .embedded = database { true } else { false }
  }

  /// The environment of a database elsewhere; nil for an embedded one.
  fileprivate func remote(instance: String, variables: [String: String]) throws(DaemonError) -> Environment? {
    guard case .server(let target, let source) = database else { return nil }
    guard let source else { return environment(target: target, instance: instance, adaptation: PlainAdaptation()) }
    do {
      let password = try source.password(variables: variables)
      return environment(
        target: target.with(password: password), instance: instance, adaptation: PlainAdaptation())
    } catch {
      throw DaemonError(error.code, "the environment \(name): \(error.message)")
    }
  }

  fileprivate func environment(
    target: ConnectionString, instance: String, adaptation: any Adaptation
  ) -> Environment {
    Environment(
      name: name, target: target, profile: profile, instance: instance, adaptation: adaptation,
      isDisposable: isDisposable,
      requiredStages: requiredStages, approvals: approvals, approvers: approvers)
  }
}
