import ArgumentParser
import Migrations
import Pipeline
import Postgres
import Shadow

struct Reset: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Build the local development database from nothing: profile, migrations, seeds.",
    discussion: """
      The database is a PostgreSQL of this checkout's own, below .penstock/. It keeps running; --stop ends it.
      As JSON, the answer is that of penstock doctor repo.

      Example: penstock reset && psql "$(penstock reset --url)"
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(inversion: .prefixedNo, help: "Run the seeds after the migrations.")
  var seed = true

  @Flag(help: "Print the local database's URL, and change nothing.")
  var url = false

  @Flag(help: "Stop the local server and the shadows', and change nothing.")
  var stop = false

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let server = LocalServer(workspace: workspace)
    if stop {
      options.remark(try await server.stop() ? "The local server is stopped." : "No local server runs.")
      return
    }
    if url { return Terminal.answer(try await server.development().connection.description) }

    let migrations = try workspace.migrations()
    for skipped in migrations.skipped { options.remark("Skipping \(skipped.path): \(skipped.reason)") }
    if let other = server.otherProfile {
      options.remark(
        "The local database was made with the profile \(other.rawValue). It is made anew with "
          + "\(workspace.profile.rawValue).")
    }
    do {
      try await build(migrations, in: workspace)
    } catch let error where Self.isAboutFiles(error) {
      throw try await verdict(on: migrations, after: error, server)
    }
    switch format {
    case .json: try Terminal.answer(json: try await server.verdict(on: migrations))
    case .text:
      let count = migrations.migrations.count
      Terminal.answer("The local database has \(count) migration\(count == 1 ? "" : "s").")
      options.remark("Connect with: psql \"$(penstock reset --url)\"")
    }
  }

  private func build(_ migrations: MigrationSet, in workspace: Workspace) async throws {
    if let duplicate = migrations.duplicates.first {
      throw Failure(
        .no,
        "\(duplicate.paths.joined(separator: " and ")) have the same version \(duplicate.version): rename one of them.")
    }
    let local = try await LocalServer(workspace: workspace).newDevelopment()
    let target = Target(name: "the local database", connection: local.connection, adaptation: local.adaptation)
    try await target.apply(migrations.migrations) { options.remark("Applying migration \($0.fileName)...") }
    if seed { try await plant(try workspace.seeds(), in: target) }
  }

  /// Whether the migrations are to blame, and no system that could not be reached.
  private static func isAboutFiles(_ error: any Error) -> Bool {
    switch error {
    case is Failure: true
    case let failure as ApplyFailure: failure.postgres.map { $0.code == .server } ?? true
    default: false
    }
  }

  /// Answers with what is wrong with the whole history, in short where a person reads it.
  /// - Returns: What the command ends with.
  private func verdict(
    on migrations: MigrationSet, after error: any Error, _ server: LocalServer
  ) async throws -> any Error {
    let verdict = try await server.verdict(on: migrations)
    if format == .json { try Terminal.answer(json: verdict) }
    guard !verdict.isClean, let failure = Failure(describing: error) else { return error }
    if format == .json { return AnswerIsNo() }
    let brief = VerdictText(isColored: false).brief(verdict)
    return Failure(failure.exit, "\(failure.message)\n\n\(brief)\npenstock doctor repo says what is wrong with each.")
  }

  private func plant(_ seeds: [Migration], in target: Target) async throws {
    try await Connection.with(target.connection, as: "penstock seed") { connection in
      for seed in seeds {
        options.remark("Seeding data from \(seed.path)...")
        _ = try await Application(seed).apply(on: connection, adaptation: target.adaptation, recording: .nothing)
      }
    }
  }
}
