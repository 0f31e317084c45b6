import ArgumentParser
import Migrations

struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply the pending migrations to the local database, or to one that is named.",
    discussion: "Example: penstock up --database postgresql://postgres@localhost/shop")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption

  func run() async throws {
    let workspace = try await options.workspace()
    let target = try await database.target(in: workspace)
    let history = try await target.history(of: try workspace.migrations())
    if let edited = history.entries(.edited).first {
      throw Failure(
        .no,
        "\(edited.migration?.path ?? edited.version) has changed since \(target.name) applied it. Make the change in a new "
          + "migration, or start over with penstock reset.")
    }
    guard !history.pending.isEmpty else { return Terminal.answer("\(target.name) is up to date.") }
    try await target.apply(history.pending) { options.remark("Applying migration \($0.fileName)...") }
    let count = history.pending.count
    Terminal.answer("Applied \(count) migration\(count == 1 ? "" : "s") to \(target.name).")
  }
}
