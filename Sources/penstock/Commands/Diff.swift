import ArgumentParser
import Schema

struct Diff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what turns one schema into another. Exit code 1 when they differ.",
    discussion: """
      A schema is that of a database's URL, of a git revision, of the work tree (worktree), or of the local database \
      (local). Revisions and the work tree are built on a shadow.

      Example: penstock diff main worktree
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The schema to begin with.")
  var from = "worktree"

  @Argument(help: "The schema to end with.")
  var to = "local"

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let (before, after) = try await SchemaSource.snapshots(SchemaSource(from), SchemaSource(to), in: workspace)
    let difference = Difference(from: before, to: after)
    switch format {
    case .json: try Terminal.answer(json: difference)
    case .text: Terminal.answer(DifferenceText(difference, usesColor: options.colours).text)
    }
    if !difference.isEmpty { throw AnswerIsNo() }
  }
}
