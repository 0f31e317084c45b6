package import Basics
package import Migrations
internal import Postgres
package import Shadow

/// What a target says of itself.
package struct TargetState: Sendable {
  package let history: [HistoryEntry]
  /// Of the files as Penstock applied them, by version.
  package let checksums: [String: Digest]
  package let serverVersion: Int
  /// What it has that no migration made.
  package let platform: Platform

  /// - Throws: The database's error.
  package static func read(_ environment: Environment) async throws -> TargetState {
    try await Connection.with(environment.target, as: "penstock \(environment.name)") { connection in
      let history = try await History.read(from: connection)
      return TargetState(
        history: history,
        checksums: try await PenstockTables.checksums(from: connection),
        serverVersion: await connection.serverVersion,
        platform: try await Platform.read(
          environment.profile, isNew: history.isEmpty,
          backing: (environment.adaptation as? PlatformAdaptation)?.backing, from: connection))
    }
  }

  package func comparison(with migrations: MigrationSet) -> HistoryComparison {
    HistoryComparison(migrations, history, checksums: checksums)
  }
}

extension HistoryComparison {
  /// The migrations that the database has applied, in order. One whose file is gone or edited is made again from the
  /// statements that the history keeps.
  package var appliedMigrations: [Migration] {
    entries.compactMap { entry in
      switch entry.status {
      case .applied: entry.migration
      case .edited where entry.history?.statements?.isEmpty ?? true: entry.migration
      case .missing, .edited:
        Migration(
          version: entry.version, name: entry.name ?? "", path: "history/\(entry.version).sql",
          bytes: Array((entry.history?.statements ?? []).map { $0 + ";\n" }.joined().utf8))
      case .pending, .outOfOrder, .duplicate: nil
      }
    }
  }
}
