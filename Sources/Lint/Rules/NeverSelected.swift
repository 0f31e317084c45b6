internal import Basics
internal import SQL

/// `never-selected`
struct NeverSelected: TraceRule {
  let about = RuleDescription(
    name: "never-selected",
    severity: .advice,
    evidence: [.statistics],
    summary: "Change of a table that nobody reads on the target",
    why: "a table that is written and never read costs work, space and the risk of a leak for nothing",
    explanation: """
      Reported when pending migrations change a table that has rows, and of which the target has not seen one search, \
      with or without an index, in 30 days or more. Logs and archives are meant to be like that: exempt them.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "alter table public.orders_old add column note text;")],
      traces: [.init(statement: 0, locks: [("orders_old", .accessExclusive)])],
      statistics: .example("orders_old", .init(liveRows: 9_000, deadRows: 0, reads: 0, days: 90))),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.orders_old add column note text;")],
      traces: [.init(statement: 0, locks: [("orders_old", .accessExclusive)])],
      statistics: .example("orders_old", .init(liveRows: 9_000, deadRows: 0, reads: 31, days: 90))),
    source: "https://www.postgresql.org/docs/15/monitoring-stats.html (seq_scan, idx_scan)"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.tablesWithStatistics.compactMap { statement, table, statistics in
      guard let days = statistics.days, days >= 30, statistics.reads == 0, statistics.liveRows > 0 else { return nil }
      return context.statisticsIssue(
        "nobody has read \(table.sql) on the target for \(days) days", at: statement, about: table,
        fix: "see whether it is needed any more")
    }
  }
}
