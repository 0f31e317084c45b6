import ArgumentParser
import Migrations

struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply the pending migrations to the local database, or to one that is named.",
    discussion: "Example: penstock up --database postgresql://postgres@localhost/shop")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

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
    let pending = history.pending
    if !pending.isEmpty {
      try await target.apply(pending) { options.remark("Applying migration \($0.fileName)...") }
    }
    switch format {
    case .json: try Terminal.answer(json: ["applied": pending.map(\.path)])
    case .text where pending.isEmpty: Terminal.answer("Nothing to apply: \(target.name) is up to date.")
    case .text:
      Terminal.answer("Applied \(pending.count) migration\(pending.count == 1 ? "" : "s") to \(target.name).")
    }
  }
}
