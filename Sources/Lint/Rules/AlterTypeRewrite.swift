internal import SQL
internal import Schema

/// `alter-type-rewrite`
struct AlterTypeRewrite: StatementRule {
  let about = RuleDescription(
    name: "alter-type-rewrite",
    severity: .error,
    evidence: [.ast, .trace],
    summary: "Changed column type that makes every row be written anew",
    why: "the table and all its indexes are written anew under ACCESS EXCLUSIVE: nobody can use it until then",
    explanation: """
      Most changes of type rewrite the table; some only change the catalog (measured): a longer or unlimited `varchar`, \
      `varchar` to `text` and `text` to `varchar` without a limit, `numeric` with more digits and the same scale, a \
      timestamp with more digits, `cidr` to `inet`, `xml` to `text`. `USING` makes it a rewrite unless it is a plain \
      cast to the same type.

      Without the old type, which is known when a file or the shadow's catalog shows it, only new types that no other \
      type becomes for free are reported. Instead: a new column, a trigger that fills both, a backfill in batches, and \
      a switch of names in one short transaction. Tables and columns that the pending migrations create are left alone.
      """,
    bad: """
      alter table public.customers alter column id type bigint;
      """,
    good: """
      alter table public.customers add column if not exists id_new bigint;
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES; measured: rewriting table",
    others: [
      .squawk: ["changing-column-type"], .languageServer: ["changingColumnType"], .pgfence: ["alter-column-type"],
      .eugene: ["E5"], .atlas: ["PG301"], .strongMigrations: ["change_column"],
      .djangoMigrationLinter: ["ALTER_COLUMN"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      guard case .alterColumnType(let column, let type, let using) = command.action,
        !context.declared.isAddedByPendingFiles(column, to: table)
      else { return nil }
      let change = TypeChange(context.column(column, of: table), to: type)
      let computes = using.map { !$0.functions.isEmpty || $0.hasSubquery } ?? false
      guard computes || change.rewrites == true else { return nil }
      let name = Quoting.identifier(column)
      let from = change.old.map { "from \($0.type) " } ?? ""
      return context.issue(
        "column \(table).\(name) changes \(from)to \(type), which writes every row anew",
        at: command.range,
        object: ObjectName(table, part: column),
        fix: .init(text: "add a new column, keep both filled, move the rows in batches, then switch the names"))
    }
  }
}
