import ArgumentParser
import Migrations
import Pipeline
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

  @Flag(help: "Print the SQL that turns FROM into TO, and nothing else.")
  var sql = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write that SQL as a new migration of this name.", valueName: "name"))
  var file: String?

  @Option(help: "exact or any: whether a table is made anew where a column is not in its place.")
  var columnOrder = Plan.Options.ColumnOrder.exact

  func run() async throws {
    let workspace = try await options.workspace()
    let (from, to) = (try SchemaSource(from), try SchemaSource(to))
    guard !sql, file == nil else { return try await plan(from, to, in: workspace) }
    let scope = workspace.profile.scope
    let (before, after) = try await SchemaSource.read(from, to, in: workspace) {
      try await Snapshot.read(from: $0, scope: scope)
    }
    let difference = Difference(from: before, to: after)
    switch format {
    case .json: try Terminal.answer(json: difference)
    case .text: Terminal.answer(DifferenceText(difference, usesColor: options.colours).text)
    }
    if !difference.isEmpty { throw AnswerIsNo() }
  }

  private func plan(_ from: SchemaSource, _ to: SchemaSource, in workspace: Workspace) async throws {
    let scope = workspace.profile.scope
    let (before, after) = try await SchemaSource.read(from, to, in: workspace) {
      try await SchemaState.read(from: $0, scope: scope)
    }
    let plan = try Plan(from: before, to: after, options: .init(columnOrder: columnOrder))
    guard !plan.isEmpty else { return }
    if let file {
      Terminal.answer(try await workspace.write(Scaffold(file, template: .empty), sql: plan.sql))
    } else {
      Terminal.answer(plan.sql)
    }
    let losses = plan.losses.map { "\n  - \($0)" }.joined()
    if !losses.isEmpty { Terminal.remark("This plan does away with:\(losses)") }
    Terminal.remark("This plan was not tried: run it on a copy of the database first.")
    throw AnswerIsNo()
  }
}

extension Plan.Options.ColumnOrder: ExpressibleByArgument {}
