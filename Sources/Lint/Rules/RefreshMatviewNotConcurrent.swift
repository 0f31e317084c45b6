internal import SQL
internal import Schema

/// `refresh-matview-not-concurrent`
struct RefreshMatviewNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "refresh-matview-not-concurrent",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "Materialized view refreshed without CONCURRENTLY",
    why: "it takes ACCESS EXCLUSIVE: nobody can read the view until its query has run",
    explanation: """
      `REFRESH MATERIALIZED VIEW CONCURRENTLY` leaves readers alone. It needs a unique index on columns of the view, \
      without a WHERE clause, and that the view has been filled before.

      Views that the pending migrations create and `WITH NO DATA`, which empties the view, are left alone.
      """,
    bad: """
      refresh materialized view public.sales_by_month;
      """,
    good: """
      refresh materialized view concurrently public.sales_by_month;
      """,
    source: "https://www.postgresql.org/docs/15/sql-refreshmaterializedview.html; measured",
    others: [.languageServer: ["requireConcurrentRefreshMatview"], .pgfence: ["refresh-matview-blocking"]]
  )

  var statementKinds: Syntax.Kinds { .refreshMaterializedView }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .refreshMaterializedView(let refresh) = statement.syntax, !refresh.concurrently, refresh.withData,
      let view = context.existingTable(refresh.name)
    else { return [] }
    return [
      context.issue(
        "materialized view \(view) cannot be read while it is refreshed",
        at: statement.range,
        object: ObjectName(view),
        fix: .init(text: "refresh materialized view concurrently \(view), which needs a unique index on it"))
    ]
  }
}
