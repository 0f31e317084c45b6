internal import SQL
internal import Schema

/// `unsupported-reg-types`
struct UnsupportedRegTypes: StatementRule {
  let about = RuleDescription(
    name: "unsupported-reg-types",
    severity: .warning,
    evidence: [.ast],
    summary: "Column of a type that pg_upgrade refuses",
    why: "the database cannot be upgraded to the next major version while the column is there",
    explanation: """
      `regproc`, `regprocedure`, `regoper`, `regoperator`, `regconfig`, `regdictionary`, `regcollation` and \
      `regnamespace` hold numbers that mean another object after an upgrade. `regclass`, `regtype` and `regrole` are \
      kept. Store the name as text.
      """,
    bad: """
      create table public.jobs (id bigint primary key, handler regproc);
      """,
    good: """
      create table public.jobs (id bigint primary key, handler text);
      """,
    source: "https://www.postgresql.org/docs/15/pgupgrade.html (reg* data types)",
    others: [.splinter: ["0018_unsupported_reg_types"]]
  )

  private static let types: Set = [
    "regproc", "regprocedure", "regoper", "regoperator", "regconfig", "regdictionary", "regcollation", "regnamespace",
  ]

  var statementKinds: Syntax.Kinds { [.createTable, .alterTable] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    context.typedColumns.compactMap { column in
      guard Self.types.contains(column.type.name), column.type.schema == nil else { return nil }
      let table = context.declared.resolve(column.table)
      guard table.schema != "pg_temp" else { return nil }
      return context.issue(
        "column \(table).\(Quoting.identifier(column.name)) is of type \(column.type)",
        at: column.range,
        object: ObjectName(table, part: column.name),
        fix: .init(text: "store the name as text"))
    }
  }
}
