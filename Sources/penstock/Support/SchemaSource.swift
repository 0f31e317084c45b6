import Foundation
import Git
import Migrations
import Pipeline
import Postgres
import Schema
import Shadow

/// Where a schema comes from: anything that `penstock diff` and `penstock dump` can name.
enum SchemaSource {
  /// The migrations of the work tree, on a shadow.
  case workTree
  /// The migrations of a git revision, on a shadow.
  case revision(String)
  /// The local development database.
  case local
  case database(ConnectionString)

  /// Reads what a user wrote: `worktree` (or `shadow`), `local`, a URL, or a git revision.
  init(_ text: String) throws {
    switch text {
    case "worktree", "shadow": self = .workTree
    case "local": self = .local
    case _ where text.contains("://") || text.contains("="): self = .database(try ConnectionString(text))
    default: self = .revision(text)
    }
  }

  /// Reads two schemas: one that is built on a shadow, on the version of PostgreSQL that the other's database has.
  static func snapshots(
    _ first: SchemaSource, _ second: SchemaSource, in workspace: Workspace
  ) async throws -> (Snapshot, Snapshot) {
    if !first.needsShadow {
      let snapshot = try await first.snapshot(in: workspace)
      return (snapshot, try await second.snapshot(in: workspace, major: snapshot.serverVersion / 10_000))
    }
    if !second.needsShadow {
      let snapshot = try await second.snapshot(in: workspace)
      return (try await first.snapshot(in: workspace, major: snapshot.serverVersion / 10_000), snapshot)
    }
    async let one = first.snapshot(in: workspace)
    async let other = second.snapshot(in: workspace)
    return try await (one, other)
  }

  private var needsShadow: Bool {
    switch self {
    case .workTree, .revision: true
    case .local, .database: false
    }
  }

  /// Reads the schema.
  ///
  /// - Parameter major: The version of PostgreSQL to build it on, where it is built on a shadow; nil for the project's.
  func snapshot(in workspace: Workspace, major: Int? = nil) async throws -> Snapshot {
    switch self {
    case .database(let connection):
      return try await Self.read(connection, workspace)
    case .local:
      return try await Self.read(LocalServer(workspace: workspace).development().connection, workspace)
    case .workTree:
      return try await Self.snapshot(of: try workspace.migrations(), workspace, major)
    case .revision(let revision):
      let repository = try workspace.requiredRepository()
      let files = try await CommitFiles(commit: try await repository.resolve(revision), in: repository)
      return try await Self.snapshot(of: try await files.migrations(), workspace, major)
    }
  }

  private static func snapshot(
    of migrations: MigrationSet, _ workspace: Workspace, _ major: Int?
  ) async throws -> Snapshot {
    let server = try await LocalServer(workspace: workspace).shadow(forMajor: major)
    let shadow = try await server.reset(platform: Platform(workspace.profile), migrations: migrations.migrations)
    let snapshot = await Result { try await read(shadow.superuser, workspace) }
    try await server.release(shadow)
    try await server.stop()
    return try snapshot.get()
  }

  private static func read(_ connection: ConnectionString, _ workspace: Workspace) async throws -> Snapshot {
    try await Connection.with(connection, as: "penstock") {
      try await Snapshot.read(from: $0, scope: workspace.profile.scope)
    }
  }
}

extension Result where Failure == any Error {
  /// What `body` returns or throws, so that something can be done in either case.
  init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
