internal import Basics
internal import SQL

/// `statement-after-access-exclusive`
struct StatementAfterAccessExclusive: TraceRule {
  let about = RuleDescription(
    name: "statement-after-access-exclusive",
    severity: .warning,
    evidence: [.trace],
    summary: "Work while a table is locked against everybody",
    why: "a lock is held until the transaction ends, so that reads of the table wait for the work too",
    explanation: """
      `ALTER TABLE` mostly takes ACCESS EXCLUSIVE, for a moment; but the lock stays until COMMIT. When a later \
      statement of the file changes or reads rows, builds an index or checks a constraint, nobody reads the table until \
      that is done. Do the work in a migration of its own, before the lock or after it.

      Seen on the shadow, statement by statement. Only tables count that were there before the pending migrations.
      """,
    bad: RuleExample(
      files: [
        (
          RuleExample.path,
          """
          alter table public.customers add column region text;
          update public.invoices set region = 'eu' where region is null;
          """
        )
      ],
      traces: [
        .init(statement: 0, locks: [("customers", .accessExclusive)]),
        .init(statement: 1, locks: [("invoices", .rowExclusive)]),
      ]),
    good: RuleExample(
      files: [(RuleExample.path, "alter table public.customers add column region text;")],
      traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-TABLES"
  )

  func check(_ context: TraceContext) -> [Issue] {
    var issues: [Issue] = []
    var locked: (relation: StatementTrace.Relation, line: Int, transaction: Int)?
    for (statement, trace) in context.statements {
      guard let transaction = trace.transaction else { continue }
      if let held = locked, held.transaction == transaction, Self.isWork(statement, trace) {
        issues.append(
          context.issue(
            "this runs while nobody can read \(held.relation.sql), which is locked since line \(held.line)",
            at: statement, about: held.relation,
            fix: .init(text: "move it into a migration of its own")))
        locked = nil
        continue
      }
      if locked?.transaction != transaction { locked = nil }
      if locked == nil, let lock = trace.locks.first(where: { $0.mode.blocksReads && $0.relation.isTable }),
        !trace.dropped.contains(lock.relation)
      {
        locked = (lock.relation, context.line(of: trace), transaction)
      }
    }
    return issues
  }

  private static func isWork(_ statement: Statement, _ trace: StatementTrace) -> Bool {
    switch statement.syntax {
    case .insert, .update, .delete, .copy, .refreshMaterializedView: true
    default: !trace.rewritten.isEmpty || !trace.scanned.isEmpty || !trace.indexed.isEmpty
    }
  }
}
