internal import SQL
internal import Schema

/// `bulk-dml`
struct BulkDML: StatementRule {
  let about = RuleDescription(
    name: "bulk-dml",
    severity: .warning,
    evidence: [.ast],
    summary: "UPDATE or DELETE of all rows of a table",
    why: "every row stays locked until the migration ends, and as many dead ones are left for vacuum",
    explanation: """
      An update without a WHERE, or with one that is always true, writes each row anew, and all indexes with it. Do it in batches, each in a transaction \
      of its own, or outside migrations. To empty a table, `TRUNCATE` is quicker, and as final.

      Tables that the pending migrations create are left alone.
      """,
    bad: """
      update public.customers set country = 'DE';
      """,
    good: """
      update public.customers set country = 'DE' where country is null and id between 1 and 10000;
      """,
    source: "https://www.postgresql.org/docs/15/routine-vacuuming.html",
    others: [
      .languageServer: ["banDeleteWithoutWhere", "banUpdateWithoutWhere"],
      .pgfence: ["delete-without-where", "update-in-migration"], .strongMigrations: ["backfilling"],
    ]
  )

  var statementKinds: Syntax.Kinds { [.update, .delete] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let verb: String
    let name: Syntax.QualifiedName
    switch statement.syntax {
    case .update(let update) where !update.hasWhere: (verb, name) = ("updates", update.table)
    case .delete(let delete) where !delete.hasWhere: (verb, name) = ("deletes", delete.table)
    default: return []
    }
    guard let table = context.existingTable(name) else { return [] }
    return [
      context.issue(
        "\(verb) every row of \(table) at once",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "do it in batches by a range of keys, each in a transaction of its own"))
    ]
  }
}
