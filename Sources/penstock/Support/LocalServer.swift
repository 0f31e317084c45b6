import Basics
import Foundation
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

  /// The development database, as a target; made when it is not there.
  ///
  /// - Throws: `Failure` when it was made with another profile than the workspace's.
  func development() async throws -> EmbeddedTarget {
    if let other = otherProfile {
      throw Failure(
        .usage,
        """
        the local database was made with the profile \(other.rawValue), and this is \(workspace.profile.rawValue): \
        penstock reset makes it anew, and --profile \(other.rawValue) takes it as it is
        """)
    }
    return try await start()
  }

  /// The development database, made anew with the workspace's profile and version of PostgreSQL.
  func newDevelopment() async throws -> EmbeddedTarget {
    let major = try await ServerBinaries.best(forMajor: try projectMajor()).major
    if let other = EmbeddedTarget.major(in: database), other != major {
      _ = try await EmbeddedServer.stopDetached(in: database.appending("server"))
      try FileManager.default.removeItem(atPath: database.string)
    }
    let target = try await start()
    try await target.rebuild()
    try note(workspace.profile)
    return target
  }

  /// The profile that the development database was made with, when that is not the workspace's.
  var otherProfile: Profile? {
    guard let text = try? String(contentsOfFile: profileNote.string, encoding: .utf8) else { return nil }
    let profile = Profile(rawValue: text.trimmingCharacters(in: .whitespacesAndNewlines))
    return profile == workspace.profile ? nil : profile
  }

  private func start() async throws -> EmbeddedTarget {
    try workspace.makeStateFolder()
    if !FileManager.default.fileExists(atPath: database.string) { try note(workspace.profile) }
    return try await EmbeddedTarget.start(
      in: database, installed: await ServerBinaries.installed(), major: try projectMajor(), profile: workspace.profile,
      lifetime: .detached)
  }

  private func note(_ profile: Profile) throws {
    try FileManager.default.createDirectory(atPath: database.string, withIntermediateDirectories: true)
    try Data("\(profile.rawValue)\n".utf8).write(to: URL(filePath: profileNote.string))
  }

  /// Where migrations are tried, for targets of any version.
  func shadows() async throws -> ShadowServers {
    try workspace.makeStateFolder()
    let directory = await ShadowDirectory.automatic.prepared(state: workspace.stateFolder, size: Self.cacheLimit)
    return ShadowServers(
      .init(
        directory: directory, installed: await ServerBinaries.installed(), lifetime: .detached,
        cacheLimit: Self.cacheLimit))
  }

  /// Where migrations are tried: on the version of a target, else on the one that the project's platform has, else on
  /// the newest.
  func shadow(forMajor major: Int? = nil) async throws -> ShadowServer {
    try await shadows().server(forMajor: try major ?? projectMajor())
  }

  /// What a shadow says of a whole history; nothing of it stays.
  func verdict(on migrations: MigrationSet) async throws -> HistoryVerdict {
    let server = try await shadow()
    let trial = HistoryTrial(on: server, platform: Platform(workspace.profile))
    let verdict = await Result { try await trial.verdict(on: migrations) }
    try await server.stop()
    return try verdict.get()
  }

  /// Stops the servers that run, and starts none for it.
  /// - Returns: Whether there was one.
  func stop() async throws -> Bool {
    var hasStopped = try await EmbeddedServer.stopDetached(in: database.appending("server"))
    for directory in shadowFolders {
      if try await ShadowServers.stopDetached(in: directory) { hasStopped = true }
    }
    return hasStopped
  }

  private var database: FilePath { workspace.stateFolder.appending("database") }

  private var profileNote: FilePath { database.appending("profile") }

  /// Where the shadows may be: memory may have been short when their server was started, or be so only now.
  private var shadowFolders: [FilePath] {
    let folder = ShadowDirectory.automatic.resolved(state: workspace.stateFolder, size: Self.cacheLimit)
    return [folder, workspace.stateFolder.appending("shadow")]
  }

  /// In bytes.
  private static let cacheLimit = 1 << 30

  /// The version of PostgreSQL that the project's platform has, as far as it says so.
  private func projectMajor() throws -> Int? {
    try workspace.supabaseConfig()?.database.majorVersion
  }
}
