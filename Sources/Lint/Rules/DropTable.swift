internal import SQL

/// `drop-table`
struct DropTable: StatementRule {
  let about = RuleDescription(
    name: "drop-table",
    severity: .error,
    evidence: [.ast],
    summary: "Dropped table",
    why: "its rows are gone for good, and clients that still name it fail at once",
    explanation: """
      Drop a table in two releases: first one in which nothing reads or writes it any more, then the migration, with a \
      suppression that says so and where the backup is. `drop table if exists` before a `create table` counts as well: \
      where the table exists, its rows are lost.

      Tables that the pending migrations themselves create, temporary ones among them, are left alone, and so are \
      those of which the shadow's catalog proves that they are not there.
      """,
    bad: """
      drop table if exists public.customers;
      """,
    good: """
      -- penstock: ignore drop-table replaced by public.clients in 2.4, dumped to the archive
      drop table if exists public.customers;
      """,
    source: "https://www.postgresql.org/docs/15/sql-droptable.html",
    others: [
      .squawk: ["ban-drop-table"], .languageServer: ["banDropTable"], .pgfence: ["drop-table"], .atlas: ["DS102"],
      .strongMigrations: ["create_table"], .djangoMigrationLinter: ["DROP_TABLE"],
    ]
  )

  var statementKinds: Syntax.Kinds { .drop }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .drop(let drop) = statement.syntax, drop.kind == .table else { return [] }
    return drop.objects.compactMap { object in
      let table = context.declared.resolve(object.name)
      guard !context.declared.isCreatedByPendingFiles(table) else { return nil }
      if drop.ifExists, let before = context.before, before.tables[table] == nil { return nil }
      return context.issue(
        "drops table \(table)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "release first what no longer uses it; then say so in a suppression's reason"))
    }
  }
}
