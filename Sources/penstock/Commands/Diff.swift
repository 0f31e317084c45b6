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

      With --sql or -f, the SQL is tried first: on a copy of FROM, with rows, in the transactions that it is printed \
      in. Whether the copy became TO is said on standard error, in the file, and with --format json.

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

  @Flag(help: "Say who gains and who loses what, as penstock access FROM TO does.")
  var access = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("With --access, a role to look at; may be given more than once.", valueName: "role"))
  var roles: [String] = []

  @Flag(help: "Build indexes and check constraints without keeping others from writing; each in a file of its own.")
  var online = false

  @Option(help: "exact or any: whether a table is made anew where a column is not in its place.")
  var columnOrder = Plan.Options.ColumnOrder.exact

  func validate() throws {
    if access, sql || file != nil { throw ValidationError("--access is told without --sql and -f") }
    if !access, !roles.isEmpty { throw ValidationError("--as goes with --access") }
  }

  func run() async throws {
    let workspace = try await options.workspace()
    let (from, to) = (try SchemaSource(from), try SchemaSource(to))
    guard !access else { return try await compareAccess(from, to, in: workspace) }
    guard !sql, file == nil else { return try await plan(from, to, in: workspace) }
    let difference = try await SchemaSource.difference(from: from, to: to, in: workspace)
    switch format {
    case .json: try Terminal.answer(json: difference)
    case .text: Terminal.answer(DifferenceText(difference, usesColor: options.colours).text)
    }
    if !difference.isEmpty { throw AnswerIsNo() }
  }

  private func compareAccess(_ from: SchemaSource, _ to: SchemaSource, in workspace: Workspace) async throws {
    let (before, after) = try await SchemaSource.access(from: from, to: to, of: roles, in: workspace)
    let difference = AccessDifference(from: before, to: after)
    switch format {
    case .json: try Terminal.answer(json: difference)
    case .text: Terminal.answer(AccessDifferenceText(difference, usesColor: options.colours).text)
    }
    if !difference.isEmpty { throw AnswerIsNo() }
  }

  private func plan(_ from: SchemaSource, _ to: SchemaSource, in workspace: Workspace) async throws {
    let tried = try await TriedPlan.make(
      from: from, to: to, in: workspace, options: .init(columnOrder: columnOrder, isOnline: online))
    var answer = PlanAnswer(tried)
    if let file, !tried.plan.isEmpty {
      answer.files = try await workspace.write(tried, as: file, title: "What turns \(from) into \(to)")
    }
    switch format {
    case .json: try Terminal.answer(json: answer)
    case .text where tried.plan.isEmpty: break
    case .text: Terminal.answer(answer.files?.joined(separator: "\n") ?? tried.plan.script)
    }
    for remark in answer.remarks { Terminal.remark(remark) }
    if !tried.plan.isEmpty { throw AnswerIsNo() }
  }
}

extension Plan.Options.ColumnOrder: ExpressibleByArgument {}
