internal import Basics
internal import SQL

/// `wide-lock-window`
struct WideLockWindow: TraceRule {
  let about = RuleDescription(
    name: "wide-lock-window",
    severity: .warning,
    evidence: [.trace],
    summary: "Several tables locked against everybody in one transaction",
    why: "whoever holds one and waits for another makes a deadlock, and all stay locked until the last one is done",
    explanation: """
      ACCESS EXCLUSIVE is held until COMMIT. A migration that takes it on a second table waits for that table's users \
      while the first one's users already wait for the migration. One table a migration keeps the wait short.

      Seen on the shadow. Only tables count that were there before the pending migrations; what a single statement locks \
      together, as a table and its partitions, counts as one.
      """,
    bad: RuleExample(
      files: [
        (
          RuleExample.path,
          """
          alter table public.customers add column region text;
          alter table public.invoices add column region text;
          """
        )
      ],
      traces: [
        .init(statement: 0, locks: [("customers", .accessExclusive)]),
        .init(statement: 1, locks: [("invoices", .accessExclusive)]),
      ]),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.customers add column region text;")],
      traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-DEADLOCKS"
  )

  func check(_ context: TraceContext) -> [Issue] {
    var issues: [Issue] = []
    var first: (relation: StatementTrace.Relation, line: Int)?
    var transaction: Int?
    for (statement, trace) in context.statements where trace.transaction != nil {
      if trace.transaction != transaction { (first, transaction) = (nil, trace.transaction) }
      guard let lock = trace.locks.first(where: { $0.mode.blocksReads && $0.relation.isTable }) else { continue }
      guard let held = first else {
        first = (lock.relation, context.line(of: trace))
        continue
      }
      issues.append(
        context.issue(
          "ACCESS EXCLUSIVE on \(lock.relation.sql), while \(held.relation.sql) is locked so since line \(held.line)",
          at: statement, about: lock.relation, fix: .init(text: "change one table in a migration")))
    }
    return issues
  }
}
