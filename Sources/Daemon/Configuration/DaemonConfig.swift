package import Git
package import Postgres
package import Shadow
package import SystemPackage

/// What the daemon is told by whoever runs it: which repositories it watches, which databases it may change, and what it
/// asks of a pipeline that does so.
///
/// The format is described in docs/daemon.md. No secret is in it: passwords are named, not written.
package struct DaemonConfig: Sendable {
  /// Where the daemon keeps what is its own.
  package let state: FilePath
  /// The control socket.
  package let socket: FilePath
  /// By name; never empty.
  package let repositories: [RepositoryConfig]
  /// By name; never empty.
  package let environments: [EnvironmentConfig]
  package let shadow: ShadowConfig

  package func repository(named name: String) -> RepositoryConfig? {
    repositories.first { $0.name == name }
  }

  package func environment(named name: String) -> EnvironmentConfig? {
    environments.first { $0.name == name }
  }
}

/// A repository that is pushed to.
package struct RepositoryConfig: Sendable {
  package let name: String
  package let path: FilePath
  /// The environment that a push to a branch may reach, by the branch's ref; other branches are not watched.
  package let branches: [RefName: String]
  package let pipelines: PipelineSource
}

/// Where the pipeline for a push is read from.
package enum PipelineSource: Hashable, Sendable {
  /// The pushed commit.
  case commit
  /// Always this ref's tip, so that a push cannot change what it is checked by.
  case ref(RefName)
  /// A folder of the daemon's machine.
  case folder(FilePath)
}

/// A database that migrations are promoted to.
package struct EnvironmentConfig: Sendable {
  package enum Database: Sendable {
    case server(ConnectionString, password: PasswordSource?)
    /// A PostgreSQL of the daemon's own, for trying out.
    case embedded
  }

  package let name: String
  package let database: Database
  package let profile: Profile
  package let isDisposable: Bool
  /// Stages that every pipeline for this environment must have.
  package let requiredStages: [String]
  /// 0 when no approval is asked for.
  package let approvals: Int
  /// Users or groups of the daemon's machine who may approve; empty for anybody who may talk to the daemon.
  package let approvers: [String]
}

/// The servers that migrations are tried on.
package struct ShadowConfig: Sendable {
  package let directory: ShadowDirectory
  /// How much the databases that it keeps may take together, in bytes.
  package let sizeLimit: Int
  /// Folders with PostgreSQL servers, besides the usual ones.
  package let postgresql: [FilePath]

  static let standard = ShadowConfig(directory: .automatic, sizeLimit: 1 << 30, postgresql: [])
}

extension DaemonConfig {
  /// Where a client of the daemon looks for its socket: `$PENSTOCK_SOCKET`, else where the service has it.
  package static func socket(variables: [String: String]) -> FilePath {
    FilePath(variables["PENSTOCK_SOCKET"] ?? "/run/penstock/penstock.sock")
  }

  /// `$STATE_DIRECTORY` (systemd's, the first of several), else `$XDG_STATE_HOME/penstock`, else below the user's home.
  static func defaultState(variables: [String: String]) -> FilePath? {
    if let folder = variables["STATE_DIRECTORY"]?.split(separator: ":").first { return FilePath(String(folder)) }
    if let folder = variables["XDG_STATE_HOME"] { return FilePath(folder).appending("penstock") }
    return variables["HOME"].map { FilePath($0).appending(".local/state/penstock") }
  }

  /// `$RUNTIME_DIRECTORY/penstock.sock` (systemd's), else `$XDG_RUNTIME_DIR/penstock.sock`, else in the state folder.
  static func defaultSocket(state: FilePath, variables: [String: String]) -> FilePath {
    let folder = variables["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init)
    guard let folder = folder ?? variables["XDG_RUNTIME_DIR"] else { return state.appending("penstock.sock") }
    return FilePath(folder).appending("penstock.sock")
  }
}
