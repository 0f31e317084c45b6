package import Git
internal import Glibc
package import Logging
internal import SystemPackage

/// The repositories of the daemon's configuration, each opened when it is first needed.
///
/// One that cannot be opened is tried again the next time: a file system that is mounted late, a repository that is made
/// later. Whoever it belongs to, a repository is opened because the configuration, which is the administrator's, names
/// it, and no other is.
package actor RepositoryPool {
  private let configured: [RepositoryConfig]
  private let logger: Logger
  private var opened: [String: Repository] = [:]

  package init(_ configured: [RepositoryConfig], logger: Logger) {
    self.configured = configured
    self.logger = logger
  }

  /// The repository of a name in the configuration.
  ///
  /// It is shared; its calls wait for one another.
  /// - Throws: `DaemonError`, code `notFound`, for a name that the configuration does not have; `GitError`.
  package func repository(named name: String) async throws -> Repository {
    if let repository = opened[name], Self.isThere(repository) { return repository }
    opened[name] = nil
    let repository = try await open(name)
    do {
      try await repository.hidePins()
    } catch {
      logger.warning(
        "cannot hide Penstock's own refs from those who fetch",
        metadata: ["repository": "\(name)", "reason": "\(error)"])
    }
    opened[name] = repository
    return repository
  }

  /// To libgit2 a repository whose folder is gone, because a file system is not mounted, is one without branches, and
  /// nobody has deleted those.
  private static func isThere(_ repository: Repository) -> Bool {
    access(repository.commonDirectory.appending("HEAD").string, F_OK) == 0
  }

  /// The same repository for the caller alone, so that it waits for nobody.
  package func open(_ name: String) async throws -> Repository {
    guard let found = configured.first(where: { $0.name == name }) else {
      throw DaemonError(.notFound, "there is no repository \(name) in the daemon's configuration")
    }
    return try await Repository.open(found.path, trust: .anyone)
  }

  /// The name of the configured repository at a path; nil when there is none. Links are followed.
  package func name(ofRepositoryAt path: String) async -> String? {
    guard let wanted = realPath(path) else { return nil }
    for repository in configured {
      if realPath(repository.path.string) == wanted { return repository.name }
      if let opened = try? await self.repository(named: repository.name),
        realPath(opened.commonDirectory.string) == wanted
      {
        return repository.name
      }
    }
    return nil
  }
}
