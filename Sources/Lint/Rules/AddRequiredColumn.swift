internal import SQL

/// `add-required-column`
struct AddRequiredColumn: StatementRule {
  let about = RuleDescription(
    name: "add-required-column",
    severity: .error,
    evidence: [.ast],
    summary: "NOT NULL column without a default, added to a table that is already there",
    why:
      "it fails when the table has rows, and where it does not, inserts that do not know the column fail from then on",
    explanation: """
      PostgreSQL has no value to put into the rows that are there, so `ADD COLUMN … NOT NULL` without a default fails \
      on any table that is not empty, as the target's is and the shadow's perhaps is not. Give the column a default; \
      or add it nullable, fill it, and set it NOT NULL in a later migration.

      Identity, serial and generated columns have values of their own. Tables and columns that the pending migrations \
      themselves create are left alone.
      """,
    bad: """
      alter table public.customers add column if not exists country text not null;
      """,
    good: """
      alter table public.customers add column if not exists country text not null default 'DE';
      """,
    source: "https://www.postgresql.org/docs/15/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN",
    others: [
      .squawk: ["adding-required-field"], .languageServer: ["addingRequiredField"],
      .pgfence: ["add-column-not-null-no-default"], .atlas: ["MF103"], .djangoMigrationLinter: ["NOT_NULL"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, [.table, .foreignTable].contains(alter.kind) else {
      return []
    }
    let table = context.declared.resolve(alter.name)
    guard !context.declared.isCreatedByPendingFiles(table) else { return [] }
    return alter.commands.compactMap { command in
      guard case .addColumn(let column, _) = command.action, column.isNotNull, column.generated == nil,
        column.defaultValue.map({ $0.isNull }) ?? true, !Self.isSerial(column.type)
      else { return nil }
      let name = Quoting.identifier(column.name)
      let type = column.type?.description ?? ""
      return context.issue(
        "column \(table).\(name) is added NOT NULL without a default",
        at: command.range,
        object: ObjectName(table, part: column.name),
        fix: .init(
          text: "add column \(name) \(type) not null default …, or add it nullable, fill it, and set it not null later")
      )
    }
  }

  private static func isSerial(_ type: Syntax.TypeName?) -> Bool {
    guard let type else { return false }
    return type.schema == nil
      && ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"].contains(type.name)
  }
}
