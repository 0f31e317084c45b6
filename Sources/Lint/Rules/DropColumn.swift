internal import SQL

/// `drop-column`
struct DropColumn: StatementRule {
  let about = RuleDescription(
    name: "drop-column",
    severity: .error,
    evidence: [.ast],
    summary: "Dropped column",
    why: "its data is gone for good, and clients that still name it fail at once",
    explanation: """
      Drop a column in two releases: first one in which nothing reads or writes it any more, then the migration, with \
      a suppression that says so. Columns that the pending migrations themselves add are left alone.
      """,
    bad: """
      alter table public.customers drop column if exists fax;
      """,
    good: """
      -- penstock: ignore drop-column nothing reads it since 2.4
      alter table public.customers drop column if exists fax;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN",
    others: [
      .squawk: ["ban-drop-column"], .languageServer: ["banDropColumn"], .pgfence: ["drop-column"], .atlas: ["DS103"],
      .strongMigrations: ["remove_column"], .djangoMigrationLinter: ["DROP_COLUMN"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, [.table, .foreignTable].contains(alter.kind) else {
      return []
    }
    let table = context.declared.resolve(alter.name)
    return alter.commands.compactMap { command in
      guard case .dropColumn(let column, let ifExists) = command.action,
        !context.declared.isAddedByPendingFiles(column, to: table)
      else { return nil }
      if ifExists, let before = context.before, before.tables[table]?.column(column) == nil { return nil }
      return context.issue(
        "drops column \(table).\(Quoting.identifier(column))",
        at: command.range,
        object: ObjectName(table, part: column),
        fix: .init(text: "release first what no longer uses it; then say so in a suppression's reason"))
    }
  }
}
