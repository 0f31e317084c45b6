import ArgumentParser
import Pipeline
import Postgres
import Schema
import Shadow

struct Access: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which API role can do what, or what has changed in it. Exit code 1 when two differ.",
    discussion: """
      Of one database, the matrix of roles, tables and commands; of two, who gains and who loses. A database is named by \
      its URL, or is that of a git revision, of the work tree (worktree), or the local one (local). Without --as, the roles \
      are anon, authenticated and service_role.

      Examples: penstock access; penstock access --table invoices; penstock access main worktree
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

  @OptionGroup var options: GlobalOptions

  @Argument(help: "A database's URL, a git revision, worktree or local.")
  var from = "local"

  @Argument(help: "Another, to compare it with.")
  var to: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("A role; may be given more than once.", valueName: "role"))
  var roles: [String] = []

  @Option(help: ArgumentHelp("Only this table or view, and the policies by which it is reached.", valueName: "name"))
  var table: String?

  @Flag(help: "Write out the policies and the reasons below the table.")
  var policies = false

  @Option(help: "table or json.")
  var format: Format = .table

  func run() async throws {
    let workspace = try await options.workspace()
    guard let to else {
      return try answer(try narrowed(try await SchemaSource(from).access(of: roles, in: workspace)))
    }
    let (before, after) = try await SchemaSource.access(
      from: try SchemaSource(from), to: try SchemaSource(to), of: roles, in: workspace)
    try answer(AccessDifference(from: before.only(isShown), to: after.only(isShown)))
  }

  private func isShown(_ name: QualifiedName) -> Bool {
    table.map { name.name == $0 || name.description == $0 } ?? true
  }

  private func narrowed(_ matrix: AccessMatrix) throws -> AccessMatrix {
    guard let table else { return matrix }
    let narrowed = matrix.only(isShown)
    guard !narrowed.relations.isEmpty else { throw Failure(.no, "there is no table or view \(table) in \(from)") }
    return narrowed
  }

  private func answer(_ matrix: AccessMatrix) throws {
    switch format {
    case .json: try Terminal.answer(json: matrix)
    case .table:
      Terminal.answer(
        AccessText(matrix, usesColor: options.colours, hasDetails: policies || table != nil, width: Terminal.width).text
      )
    }
  }

  private func answer(_ difference: AccessDifference) throws {
    switch format {
    case .json: try Terminal.answer(json: difference)
    case .table: Terminal.answer(AccessDifferenceText(difference, usesColor: options.colours).text)
    }
    if !difference.isEmpty { throw AnswerIsNo() }
  }
}
