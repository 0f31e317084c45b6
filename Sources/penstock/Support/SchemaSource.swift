import Basics
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

  /// Reads two schemas: one that is built on a shadow, in the surroundings that the other's database has.
  static func read<Value: Sendable>(
    _ first: SchemaSource, _ second: SchemaSource, in workspace: Workspace,
    _ body: @Sendable (Connection) async throws -> Value
  ) async throws -> (Value, Value) {
    let surroundings = try await Surroundings.of(first, second, in: workspace)
    async let one = first.read(in: workspace, surroundings: surroundings, body)
    async let other = second.read(in: workspace, surroundings: surroundings, body)
    return try await (one, other)
  }

  /// What turns one schema into another. Databases are compared as they are read; of a shadow, all is read.
  static func difference(from: SchemaSource, to: SchemaSource, in workspace: Workspace) async throws -> Difference {
    let scope = workspace.profile.scope
    guard !from.needsShadow, !to.needsShadow else {
      let (before, after) = try await read(from, to, in: workspace) { try await Snapshot.read(from: $0, scope: scope) }
      return Difference(from: before, to: after)
    }
    return try await from.read(in: workspace) { first in
      try await to.read(in: workspace) { second in
        try await Difference.read(from: first, to: second, scope: scope)
      }
    }
  }

  var needsShadow: Bool {
    switch self {
    case .workTree, .revision: true
    case .local, .database: false
    }
  }

  func snapshot(in workspace: Workspace) async throws -> Snapshot {
    let scope = workspace.profile.scope
    return try await read(in: workspace) { try await Snapshot.read(from: $0, scope: scope) }
  }

  /// Reads a schema.
  ///
  /// - Parameter surroundings: Where it is built, if on a shadow; nil for the project's.
  func read<Value: Sendable>(
    in workspace: Workspace, surroundings: Surroundings? = nil, _ body: @Sendable (Connection) async throws -> Value
  ) async throws -> Value {
    switch self {
    case .database(let connection):
      return try await Connection.with(connection, as: "penstock", body)
    case .local:
      let connection = try await LocalServer(workspace: workspace).development().connection
      return try await Connection.with(connection, as: "penstock", body)
    case .workTree, .revision:
      return try await Self.read(
        try await migrations(in: workspace), workspace, surroundings ?? Surroundings(of: workspace), body)
    }
  }

  /// The migrations that lead to the schema; none where it is a database's.
  func migrations(in workspace: Workspace) async throws -> MigrationSet {
    switch self {
    case .database, .local: return MigrationSet(files: [])
    case .workTree: return try workspace.migrations()
    case .revision(let revision):
      let repository = try workspace.requiredRepository()
      let files = try await CommitFiles(commit: try await repository.resolve(revision), in: repository)
      return try await files.migrations()
    }
  }

  private static func read<Value: Sendable>(
    _ migrations: MigrationSet, _ workspace: Workspace, _ surroundings: Surroundings,
    _ body: @Sendable (Connection) async throws -> Value
  ) async throws -> Value {
    let server = try await LocalServer(workspace: workspace).shadow(forMajor: surroundings.major)
    let shadow = try await server.reset(platform: surroundings.platform, migrations: migrations.migrations)
    let value = await Result { try await Connection.with(shadow.superuser, as: "penstock", body) }
    try await server.release(shadow)
    try await server.stop()
    return try value.get()
  }
}

/// What a schema is built in: a database's own version of PostgreSQL, its roles and its defaults, so that what differs
/// from that database is what migrations make.
struct Surroundings: Sendable {
  /// Nil for the project's.
  var major: Int?
  let platform: Platform

  /// Those that a project has by itself.
  init(of workspace: Workspace) {
    platform = Platform(workspace.profile)
  }

  init(_ connection: Connection, backing: Backing?, in workspace: Workspace) async {
    // What Penstock has kept there may not be for us to read.
    let platform = try? await Platform.read(workspace.profile, isNew: false, backing: backing, from: connection)
    self.platform = platform ?? Platform(workspace.profile)
    major = await connection.serverVersion / 10_000
  }

  /// Those of the first of some databases.
  static func of(_ sources: SchemaSource..., in workspace: Workspace) async throws -> Surroundings {
    guard let source = sources.first(where: { !$0.needsShadow }) else { return Surroundings(of: workspace) }
    let backing: Backing? =
      if case .local = source { try await LocalServer(workspace: workspace).development().adaptation.backing } else {
        nil
      }
    return try await source.read(in: workspace) { await Surroundings($0, backing: backing, in: workspace) }
  }
}

extension SchemaSource: CustomStringConvertible {
  /// As a user writes it, without a password.
  var description: String {
    switch self {
    case .workTree: "worktree"
    case .revision(let revision): revision
    case .local: "local"
    case .database(let connection): connection.description
    }
  }
}
