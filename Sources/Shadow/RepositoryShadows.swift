internal import Basics
internal import FoundationEssentials
package import Postgres
internal import SystemPackage

/// The shadow servers of each repository, all in one folder: what the migrations of one do to the roles, sessions and
/// databases of their server, those of another never see.
///
/// They start when a run takes them, and go on running when it leaves them, for the next one. A server takes memory when
/// it idles, too: so only those of a few repositories do, and those that were left first are stopped for others.
package actor RepositoryShadows {
  /// For all repositories together: the limit of the cache is shared out.
  package nonisolated let configuration: ShadowServers.Configuration
  private let repositories: [String]
  private let idleLimit: Int
  private var places: [String: Place] = [:]
  /// Those whose servers may be running and which nobody uses; the one that was left first is the first.
  private var idle: [String] = []

  private let onRevival: @Sendable (EmbeddedServer) -> Void

  private struct Place {
    let shadows: ShadowServers
    var users = 0
    /// Nobody cancels it: whoever takes the servers next waits for its end, and `stop` does.
    var stopping: Task<Void, Never>?
  }

  /// What a server's folder takes besides the states, in bytes: PostgreSQL's own databases, and its log.
  package static let footprint = 64 << 20

  /// - Parameters:
  ///   - repositories: The names of all that there are.
  ///   - idleLimit: How many of them may have servers that run although nobody uses them.
  package init(
    _ configuration: ShadowServers.Configuration, of repositories: [String], idleLimit: Int = 8,
    onRevival: @escaping @Sendable (EmbeddedServer) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.repositories = repositories
    self.idleLimit = idleLimit
    self.onRevival = onRevival
  }

  /// The servers of a repository, until `leave`. None of them need be running yet.
  package func take(_ repository: String) async -> ShadowServers {
    var place = places[repository] ?? Place(shadows: servers(of: repository))
    place.users += 1
    places[repository] = place
    idle.removeAll { $0 == repository }
    await place.stopping?.value
    return place.shadows
  }

  package func leave(_ repository: String) {
    places[repository]?.users -= 1
    guard places[repository]?.users == 0 else { return }
    idle.append(repository)
    guard idle.count > idleLimit else { return }
    let first = idle.removeFirst()
    guard let shadows = places[first]?.shadows else { return }
    places[first]?.stopping = Task { await shadows.stop() }
  }

  /// Stops all of them, when nobody takes any more.
  package func stop() async {
    for place in places.values {
      await place.stopping?.value
      await place.shadows.stop()
    }
  }

  private func servers(of repository: String) -> ShadowServers {
    var own = configuration
    own.name = repository
    own.cacheLimit /= max(repositories.count, 1)
    own.sizeLimit =
      configuration.sizeLimit ?? ShadowServer.Configuration.sizeLimit(forCacheOf: configuration.cacheLimit)
    return ShadowServers(own, onRevival: onRevival)
  }
}

extension RepositoryShadows {
  /// Removes servers' folders that are none of these repositories': of one that is not watched any more, of a version of
  /// PostgreSQL that is not installed any more, of an earlier Penstock, which had one server for all. What somebody uses
  /// stays.
  package func sweep() async {
    let majors = configuration.installed.map(\.major)
    let known = Set(
      repositories.flatMap { name in
        majors.map { ShadowServers.folder(forMajor: $0, of: name, in: configuration.directory) }
      })
    for folder in ShadowServers.folders(in: configuration.directory) where !known.contains(folder) {
      do {
        try await EmbeddedServer.removeUnused(folder)
      } catch {
        configuration.notice("The folder of a shadow that is not needed any more could not be removed: \(error)")
      }
    }
  }
}
