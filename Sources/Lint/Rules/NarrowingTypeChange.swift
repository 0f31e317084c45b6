internal import SQL
internal import Schema

/// `narrowing-type-change`
struct NarrowingTypeChange: StatementRule {
  let about = RuleDescription(
    name: "narrowing-type-change",
    severity: .error,
    evidence: [.ast, .difference],
    summary: "Changed column type that not every value fits into",
    why: "values are cut, rounded or refused, and the shadow has none to find out with",
    explanation: """
      Look for such values first: `select count(*) from t where length(c) > 20`. Counted are fewer characters, digits \
      or decimal places, a smaller integer, a whole number for a fraction, a time zone or time of day that is dropped.

      The old type has to be known, from a file that makes the column or from the shadow's catalog. Tables and columns \
      that the pending migrations create are left alone.
      """,
    bad: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        "alter table public.customers add column if not exists code varchar(20);"
      ),
      (
        "supabase/migrations/20260102030406_narrow.sql",
        "alter table public.customers alter column code type varchar(10);"
      ),
    ]),
    good: """
      alter table public.customers alter column code type varchar(40);
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html; https://www.postgresql.org/docs/15/datatype.html",
    others: [.pgfence: ["alter-column-type"], .djangoMigrationLinter: ["ALTER_COLUMN"]]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      guard case .alterColumnType(let column, let type, _) = command.action,
        let loss = TypeChange(context.column(column, of: table), to: type).loss
      else { return nil }
      return context.issue(
        "column \(table).\(Quoting.identifier(column)) becomes \(type): \(loss)",
        at: command.range,
        object: ObjectName(table, part: column),
        fix: .init(
          text: "count the values that do not fit first, and say in a suppression's reason that there are none"))
    }
  }
}
