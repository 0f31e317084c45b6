internal import SQL

/// `combine-alter-table`
struct CombineAlterTable: StatementRule {
  let about = RuleDescription(
    name: "combine-alter-table",
    severity: .advice,
    evidence: [.ast],
    summary: "Two ALTER TABLEs of one table, one after the other, that each read all of it",
    why: "one statement with both parts reads or rewrites the table once instead of twice",
    explanation: """
      Parts of one `ALTER TABLE` share one pass over the table. Reported are two statements next to each other on a \
      table that was there before the pending migrations, each of which scans or rewrites it: a NOT NULL, a check that \
      is validated at once, a changed type, a new column that needs values. Those that take no time are left alone, \
      whatever their number, and so are those that cannot be combined.
      """,
    bad: """
      alter table public.customers alter column email set not null;
      alter table public.customers alter column name set not null;
      """,
    good: """
      alter table public.customers alter column email set not null, alter column name set not null;
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html (\"multiple table scans or rewrites … combined\")",
    others: [.languageServer: ["multipleAlterTable"], .eugene: ["W12"]]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table, context.index > 0,
      case .alterTable(let before) = context.file.statements[context.index - 1].syntax, before.kind == .table,
      before.commands.contains(where: \.readsTable), alter.commands.contains(where: \.readsTable),
      alter.ifExists == before.ifExists, let table = context.existingTable(alter.name),
      context.declared.resolve(before.name) == table, let first = alter.commands.first,
      let last = before.commands.last
    else { return [] }
    let previous = context.file.statements[context.index - 1]
    // What stands between the two goes, unless there is a comment in it.
    let gap = last.range.upperBound..<first.range.lowerBound
    let hasComment = context.file.bytes[previous.range.upperBound..<statement.range.lowerBound].contains {
      $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/")
    }
    return [
      context.issue(
        "\(table) is read once more where the statement before could have done both",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(
          text: "write one alter table \(table) with both parts, a comma between",
          edits: hasComment ? [] : [.init(range: gap, newText: ",\n  ")]))
    ]
  }
}

extension Syntax.AlterTableCommand {
  /// Whether it reads or rewrites the whole table.
  fileprivate var readsTable: Bool {
    switch action {
    case .setNotNull, .alterColumnType: true
    case .addConstraint(let constraint): constraint.kind == .check && !constraint.isNotValid
    case .addColumn(let column, _):
      column.generated != nil || column.type?.isSerial == true || column.constraints.contains { $0.kind == .check }
    default: false
    }
  }
}
