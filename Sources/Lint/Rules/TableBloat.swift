internal import Basics
internal import SQL

/// `table-bloat`
struct TableBloat: TraceRule {
  let about = RuleDescription(
    name: "table-bloat",
    severity: .advice,
    evidence: [.statistics],
    summary: "Change of a table that has many dead rows on the target",
    why: "what reads the table as a whole reads them too, and so takes longer under its lock than it has to",
    explanation: """
      Rows that were updated or deleted stay until VACUUM clears them away. Reported when every fifth row or more of a \
      table that pending migrations change is dead, of 10,000 or more. Let `VACUUM` run before the migration, and see \
      why autovacuum did not: an old transaction, a replication slot, or limits that are too high for the table.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      statistics: .example("orders", .init(liveRows: 9_000_000, deadRows: 5_000_000, reads: 4_000, days: 90))),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      statistics: .example("orders", .init(liveRows: 9_000_000, deadRows: 20_000, reads: 4_000, days: 90))),
    source: "https://www.postgresql.org/docs/15/routine-vacuuming.html",
    others: [.splinter: ["0020_table_bloat"]]
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.tablesWithStatistics.compactMap { statement, table, statistics in
      let all = statistics.liveRows + statistics.deadRows
      guard all >= 10_000, statistics.deadRows * 5 >= all else { return nil }
      return context.statisticsIssue(
        "\(statistics.deadRows * 100 / all) % of the rows of \(table.sql) are dead on the target",
        at: statement, about: table, fix: "vacuum (analyze) \(table.sql);, on the target, before this migration")
    }
  }
}
