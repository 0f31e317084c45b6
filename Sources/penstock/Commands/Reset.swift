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
    if let duplicate = migrations.duplicates.first {
      throw Failure(
        .no,
        "\(duplicate.paths.joined(separator: " and ")) have the same version \(duplicate.version): rename one of them.")
    }
    if let other = server.otherProfile {
      options.remark(
        "The local database was made with the profile \(other.rawValue). It is made anew with "
          + "\(workspace.profile.rawValue).")
    }
    let local = try await server.newDevelopment()
    let target = Target(name: "the local database", connection: local.connection, adaptation: local.adaptation)
    try await target.apply(migrations.migrations) { options.remark("Applying migration \($0.fileName)...") }
    if seed { try await plant(try workspace.seeds(), in: target) }
    let count = migrations.migrations.count
    switch format {
    case .json:
      try Terminal.answer(
        json: LocalDatabase(migrations: migrations.migrations.map(\.path), url: local.connection.description))
    case .text:
      Terminal.answer("The local database has \(count) migration\(count == 1 ? "" : "s").")
      options.remark("Connect with: psql \"$(penstock reset --url)\"")
    }
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

/// What `penstock reset` made.
private struct LocalDatabase: Encodable {
  let migrations: [String]
  let url: String
}
