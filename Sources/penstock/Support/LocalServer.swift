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
    try await EmbeddedTarget.start(
      in: workspace.stateFolder.appending("database"), binaries: try await binaries(), profile: workspace.profile,
      lifetime: .detached)
  }

  /// Where migrations are tried.
  func shadow() async throws -> ShadowServer {
    let directory = ShadowDirectory.automatic.resolved(state: workspace.stateFolder, size: 1 << 30)
    return try await ShadowServer.start(
      .init(directory: directory, binaries: try await binaries(), lifetime: .detached))
  }

  /// The server of the version that the project's platform has, else the newest.
  private func binaries() async throws -> ServerBinaries {
    try await ServerBinaries.best(forMajor: try workspace.supabaseConfig()?.database.majorVersion)
  }
}
