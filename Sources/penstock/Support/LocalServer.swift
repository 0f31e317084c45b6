import Migrations
import Pipeline
import Postgres
import Shadow
import SystemPackage

/// The PostgreSQL servers of this checkout, below `.penstock/`: the local development database, and the shadows.
///
/// They outlive the command, so that the next one finds them running.
struct LocalServer {
  let workspace: Workspace

  /// The development database, as a target.
  func development() async throws -> EmbeddedTarget {
    try workspace.makeStateFolder()
    return try await EmbeddedTarget.start(
      in: database, binaries: try await binaries(), profile: workspace.profile, lifetime: .detached)
  }

  /// Where migrations are tried.
  func shadow() async throws -> ShadowServer {
    try workspace.makeStateFolder()
    let directory = await ShadowDirectory.automatic.prepared(state: workspace.stateFolder, size: Self.cacheLimit)
    return try await ShadowServer.start(
      .init(
        directory: directory, binaries: try await binaries(), lifetime: .detached, cacheLimit: Self.cacheLimit))
  }

  /// Stops the servers that run, and starts none for it.
  /// - Returns: Whether there was one.
  func stop() async throws -> Bool {
    var hasStopped = false
    for directory in [database] + shadows {
      if try await EmbeddedServer.stopDetached(in: directory.appending("server")) { hasStopped = true }
    }
    return hasStopped
  }

  private var database: FilePath { workspace.stateFolder.appending("database") }

  /// Where the shadows may be: memory may have been short when their server was started, or be so only now.
  private var shadows: [FilePath] {
    let folder = ShadowDirectory.automatic.resolved(state: workspace.stateFolder, size: Self.cacheLimit)
    return [folder, workspace.stateFolder.appending("shadow")]
  }

  /// In bytes.
  private static let cacheLimit = 1 << 30

  /// The server of the version that the project's platform has, else the newest.
  private func binaries() async throws -> ServerBinaries {
    try await ServerBinaries.best(forMajor: try workspace.supabaseConfig()?.database.majorVersion)
  }
}
