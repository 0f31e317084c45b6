import ArgumentParser
import Migrations
import Pipeline
import Postgres
import Shadow

/// Which database a command works on.
struct DatabaseOption: ParsableArguments {
  @Option(
    name: [.customLong("database"), .customLong("db-url")],
    help: ArgumentHelp("A database's URL. Default: the local development database.", valueName: "url"))
  var url: String?

  /// Opens nothing yet, but for the local database, whose server is started if need be.
  func target(in workspace: Workspace) async throws -> Target {
    if let url {
      let connection = workspace.profile.connection(to: try ConnectionString(url))
      return Target(name: connection.description, connection: connection, adaptation: PlainAdaptation())
    }
    let local = try await LocalServer(workspace: workspace).development()
    return Target(name: "the local database", connection: local.connection, adaptation: local.adaptation)
  }
}

/// A database that a command works on directly, without a pipeline.
struct Target {
  let name: String
  let connection: ConnectionString
  let adaptation: any Adaptation

  /// What the database has applied of some migrations.
  func history(of migrations: MigrationSet) async throws -> HistoryComparison {
    let applied = try await Connection.with(connection, as: "penstock") { try await History.read(from: $0) }
    return HistoryComparison(migrations, applied)
  }

  /// Applies migrations in order, each with its row of the history.
  func apply(_ migrations: [Migration], progress: (Migration) -> Void) async throws {
    try await Connection.with(connection, as: "penstock up") { connection in
      try await History.ensure(on: connection)
      try await Application.apply(migrations, on: connection, adaptation: adaptation, progress: progress)
    }
  }
}
