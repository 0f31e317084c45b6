internal import SQL
internal import Schema

/// `add-column-check-scan`
struct AddColumnCheckScan: StatementRule {
  let about = RuleDescription(
    name: "add-column-check-scan",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "New column with a check, on a table that is already there",
    why: "all rows are read under ACCESS EXCLUSIVE, though each has the same new value",
    explanation: """
      PostgreSQL verifies the check against every row, also when the column is NULL or has one default for all \
      (measured). Add the column, then the check `NOT VALID`, and validate it in the next migration. Tables that the \
      pending migrations create are left alone.
      """,
    bad: """
      alter table public.customers add column if not exists age int check (age > 0);
      """,
    good: """
      alter table public.customers add column if not exists age int;
      alter table public.customers add constraint age_positive check (age > 0) not valid;
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES; measured: verifying table",
    others: [.eugene: ["E1"]]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.flatMap { command -> [Issue] in
      guard case .addColumn(let column, _) = command.action else { return [] }
      return column.constraints.filter { $0.kind == .check }.map { constraint in
        context.issue(
          "all rows of \(table) are read for the check of its new column \(Quoting.identifier(column.name))",
          at: constraint.range,
          object: ObjectName(table, part: column.name),
          fix: fix(constraint, of: column, table, statement, context))
      }
    }
  }

  /// Takes the check out of the column's definition.
  private func fix(
    _ constraint: Syntax.Constraint, of column: Syntax.ColumnDefinition, _ table: QualifiedName, _ statement: Statement,
    _ context: StatementContext
  ) -> Issue.Fix {
    let bytes = context.file.bytes
    let definition = String(decoding: bytes[constraint.range], as: UTF8.self)
    let name = Quoting.identifier(constraint.name ?? "\(table.name)_\(column.name)_check")
    let start = bytes[..<constraint.range.lowerBound].lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
    let prefix = constraint.name == nil ? "constraint \(name) " : ""
    let place = Place(file: context.fileIndex, range: statement.range)
    let validate = "alter table \(table) validate constraint \(name);"
    return .init(
      text: "add the check in a statement of its own, not valid, and validate it in the next migration",
      edits: [
        .init(range: start..<constraint.range.upperBound, newText: ""),
        .inserting(
          "alter table \(table) add \(prefix)\(definition) not valid;", afterStatementAt: place, in: context.file),
      ],
      newFiles: [
        .init(
          name: "validate_\(FileNameFormat.slug(of: constraint.name ?? "\(column.name)_check", default: "check"))",
          text: "\(validate)\n")
      ])
  }
}
