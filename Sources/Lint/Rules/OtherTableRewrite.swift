internal import SQL
internal import Schema

/// `other-table-rewrite`
struct OtherTableRewrite: StatementRule {
  let about = RuleDescription(
    name: "other-table-rewrite",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "SET LOGGED, UNLOGGED, TABLESPACE or ACCESS METHOD on a table that is already there",
    why: "the whole table is written to another place under ACCESS EXCLUSIVE",
    explanation: """
      Each of them copies the table, or the index, while nobody can use it. Setting what is set already does nothing. \
      Tables that the pending migrations create are left alone.
      """,
    bad: """
      alter table public.events set unlogged;
      """,
    good: """
      create unlogged table if not exists public.events_buffer (id bigint primary key);
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html (SET LOGGED, SET TABLESPACE, SET ACCESS METHOD)",
    others: [.pgfence: ["set-logged-unlogged"], .atlas: ["PG307", "PG311"]]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, [.table, .index, .materializedView].contains(alter.kind),
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      let what: String
      switch command.action {
      case .setLogged: what = "logged"
      case .setUnlogged: what = "unlogged"
      case .setTablespace: what = "in another tablespace"
      case .setAccessMethod: what = "with another access method"
      default: return nil
      }
      return context.issue(
        "\(alter.kind.rawValue) \(table) is written anew, \(what)",
        at: command.range,
        object: ObjectName(table),
        fix: .init(text: "when it is large, make a new table and move the rows in batches"))
    }
  }
}
