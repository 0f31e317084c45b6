internal import Basics
internal import SQL
internal import Schema

/// `unused-index`
struct UnusedIndex: TraceRule {
  let about = RuleDescription(
    name: "unused-index",
    severity: .advice,
    evidence: [.statistics],
    summary: "Index of a changed table that no query on the target has used",
    why: "it is written with every row, and read by nobody",
    explanation: """
      Reported when pending migrations change the table: the target has counted for 30 days or more, the index has 10 MB \
      (`sizes: { small: 10MB }`) or more, and it neither belongs to a constraint nor keeps values apart. A replica \
      counts for itself: an index that only its queries use looks unused.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      statistics: .example(
        "orders",
        .init(
          liveRows: 9_000_000, deadRows: 0, reads: 4_000, days: 90,
          indexes: [.init(name: "orders_note_idx", bytes: 300 << 20, scans: 0, isValid: true, isKey: false)]))),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      statistics: .example(
        "orders",
        .init(
          liveRows: 9_000_000, deadRows: 0, reads: 4_000, days: 90,
          indexes: [.init(name: "orders_note_idx", bytes: 300 << 20, scans: 12, isValid: true, isKey: false)]))),
    source: "https://www.postgresql.org/docs/15/monitoring-stats.html (idx_scan)",
    others: [.splinter: ["0005_unused_index"]]
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.tablesWithStatistics.flatMap { statement, table, statistics -> [Issue] in
      guard let days = statistics.days, days >= 30 else { return [] }
      return statistics.indexes.compactMap { index in
        guard index.scans == 0, index.isValid, !index.isKey, index.bytes >= context.configuration.smallTable,
          !context.isDropped(index: index.name, inSchema: table.schema)
        else { return nil }
        let name = QualifiedName(schema: table.schema, name: index.name)
        return context.statisticsIssue(
          "index \(Quoting.identifier(index.name)) of \(table.sql), \(TableSize.text(ofBytes: index.bytes)), has not been "
            + "used on the target for \(days) days",
          at: statement, about: table, fix: "drop index concurrently if exists \(name);, in a migration of its own")
      }
    }
  }
}
