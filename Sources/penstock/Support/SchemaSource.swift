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

  /// Reads the schema.
  func snapshot(in workspace: Workspace) async throws -> Snapshot {
    try await read(in: workspace) { try await Snapshot.read(from: $0, scope: workspace.profile.scope) }
  }

  /// Reads all that a plan must know of the schema.
  func state(in workspace: Workspace) async throws -> SchemaState {
    try await read(in: workspace) { try await SchemaState.read(from: $0, scope: workspace.profile.scope) }
  }

  private func read<Value: Sendable>(
    in workspace: Workspace, _ body: @Sendable (Connection) async throws -> Value
  ) async throws -> Value {
    switch self {
    case .database(let connection):
      return try await Connection.with(connection, as: "penstock", body)
    case .local:
      let connection = try await LocalServer(workspace: workspace).development().connection
      return try await Connection.with(connection, as: "penstock", body)
    case .workTree:
      return try await Self.read(try workspace.migrations(), workspace, body)
    case .revision(let revision):
      let repository = try workspace.requiredRepository()
      let files = try await CommitFiles(commit: try await repository.resolve(revision), in: repository)
      return try await Self.read(try await files.migrations(), workspace, body)
    }
  }

  private static func read<Value: Sendable>(
    _ migrations: MigrationSet, _ workspace: Workspace, _ body: @Sendable (Connection) async throws -> Value
  ) async throws -> Value {
    let server = try await LocalServer(workspace: workspace).shadow()
    let shadow = try await server.reset(platform: Platform(workspace.profile), migrations: migrations.migrations)
    let value = await Result { try await Connection.with(shadow.superuser, as: "penstock", body) }
    try await server.release(shadow)
    try await server.stop()
    return try value.get()
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
