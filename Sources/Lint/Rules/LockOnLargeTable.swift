internal import Basics
internal import SQL
internal import Schema

/// `lock-on-large-table`
struct LockOnLargeTable: TraceRule {
  let about = RuleDescription(
    name: "lock-on-large-table",
    severity: .warning,
    evidence: [.trace, .statistics],
    summary: "Lock that others wait for on a table that is large on the target",
    why: "a large table is mostly a busy one, and whatever is done to it takes long",
    explanation: """
      Which lock a statement takes is seen on the shadow; how large the table is, and how many rows it has, the target \
      says. It is an error when the table is also read, written anew or indexed as a whole. What counts as large is \
      `sizes: { large: 1GB }` in the `lint:` section, indexes included.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      sizes: ["orders": TableSize(rows: 12_400_000, bytes: 3_328_599_654)]),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.orders add column note text;")],
      traces: [.init(statement: 0, locks: [("orders", .accessExclusive)])],
      sizes: ["orders": TableSize(rows: 400, bytes: 65_536)]),
    source: "https://www.postgresql.org/docs/15/catalog-pg-class.html (reltuples)"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace -> [Issue] in
      trace.locks.compactMap { lock in
        let table = lock.relation
        guard lock.mode.blocksWrites, table.isTable,
          let size = context.sizes[QualifiedName(schema: table.schema, name: table.name)],
          size.bytes >= context.configuration.largeTable
        else { return nil }
        let work =
          trace.rewritten.contains(table)
          ? ", rewritten" : trace.scanned.contains(table) ? ", read" : trace.indexed.contains(table) ? ", indexed" : ""
        var issue = context.issue(
          "\(lock.mode.sql) on \(table.sql), \(size)\(work)", at: statement, about: table, weighs: false)
        if !work.isEmpty { issue.severity = .error }
        return issue
      }
    }
  }
}
