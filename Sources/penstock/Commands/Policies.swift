import ArgumentParser
import Schema

struct Policies: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the row security of each table: who may see and change which rows.",
    discussion: "Example: penstock policies customer_invoices --from main")

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only this table, with or without its schema.")
  var table: String?

  @Option(help: "A database's URL, a git revision, worktree or local.")
  var from = "local"

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let catalog = Catalog(try await SchemaSource(from).snapshot(in: workspace))
    let tables = catalog.tables.filter { table in
      self.table.map { table.name.name == $0 || table.name.description == $0 } ?? true
    }
    if let table, tables.isEmpty { throw Failure(.no, "there is no table \(table) in \(from)") }
    switch format {
    case .json: try Terminal.answer(json: tables.map(TablePolicies.init))
    case .text: Terminal.answer(tables.map { TablePolicies($0).text }.joined(separator: "\n"))
    }
  }
}

/// The row security of one table.
private struct TablePolicies: Encodable {
  struct Policy: Encodable {
    let name: String
    let command: String
    let isPermissive: Bool
    let roles: [String]
    let using: String?
    let check: String?
  }

  let table: String
  let hasRowSecurity: Bool
  let policies: [Policy]

  init(_ table: Catalog.Table) {
    self.table = table.name.description
    hasRowSecurity = table.hasRowSecurity
    policies = table.policies.map {
      Policy(
        name: $0.name, command: $0.command.rawValue, isPermissive: $0.isPermissive, roles: $0.roles, using: $0.using,
        check: $0.check)
    }
  }

  var text: String {
    var lines = ["\(table)  row security \(hasRowSecurity ? "on" : "OFF")"]
    for policy in policies {
      let kind = policy.isPermissive ? "" : " restrictive"
      lines.append("  \(policy.name): \(policy.command)\(kind) to \(policy.roles.joined(separator: ", "))")
      if let using = policy.using { lines.append("    using \(using)") }
      if let check = policy.check { lines.append("    with check \(check)") }
    }
    if policies.isEmpty, hasRowSecurity { lines.append("  no policy: nobody but the owner and BYPASSRLS sees a row") }
    return lines.joined(separator: "\n") + "\n"
  }
}
