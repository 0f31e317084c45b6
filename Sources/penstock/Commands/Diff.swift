import ArgumentParser
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

  func run() async throws {
    let workspace = try await options.workspace()
    let (from, to) = (try SchemaSource(from), try SchemaSource(to))
    guard !sql else { return try await plan(from, to, in: workspace) }
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
    let plan = try Plan(from: before, to: after)
    guard !plan.isEmpty else { return }
    Terminal.answer(plan.sql)
    throw AnswerIsNo()
  }
}
