internal import Basics
internal import SQL
internal import Schema

/// `wide-lock-window`
struct WideLockWindow: TraceRule {
  let about = RuleDescription(
    name: "wide-lock-window",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "Several tables locked against everybody in one transaction",
    why: "whoever holds one and waits for another makes a deadlock, and all stay locked until the last one is done",
    explanation: """
      ACCESS EXCLUSIVE is held until COMMIT. A migration that takes it on a second table waits for that table's users \
      while the first one's users already wait for the migration. One table a migration keeps the wait short.

      Of each transaction the second table is shown. Concluded from the text, and measured on the shadow. Only tables \
      count that were there before the pending migrations; what a single statement locks together, as a table and its \
      partitions, counts as one.
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
    good: "alter table public.customers add column region text;",
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-DEADLOCKS",
    others: [.languageServer: ["avoidWideLockWindow"], .pgfence: ["wide-lock-window"]]
  )

  var statementKinds: Syntax.Kinds {
    [
      .createTable, .alterTable, .createRule, .createPolicy, .alterPolicy, .drop, .rename, .setSchema, .truncate,
      .refreshMaterializedView, .lock,
    ]
  }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    func tables(_ statement: Statement) -> [QualifiedName] {
      context.blockingLocks(of: statement).filter { $0.mode == .accessExclusive && !$0.isOfIndex }
        .map { context.declared.resolve($0.table) }
    }
    guard context.session.isInTransaction,
      let locking = context.search.first(
        "a table locked in full", from: context.session.transactionStart, before: context.index,
        where: { !tables($0).isEmpty }),
      let first = tables(context.file.statements[locking]).first,
      let second = tables(statement).first(where: { $0 != first }),
      context.search.first(
        "a second table locked in full", from: locking + 1, before: context.index + 1,
        where: { tables($0).contains { $0 != first } }) == context.index
    else { return [] }
    return [
      context.issue(
        message(second, first, context.file.statements[locking].position.line), at: statement.range,
        object: ObjectName(second), fix: Self.fix)
    ]
  }

  func check(_ context: TraceContext) -> [Issue] {
    var issues: [Issue] = []
    var first: (relation: StatementTrace.Relation, line: Int)?
    var transaction: Int?
    var isSaid = false
    for (statement, trace) in context.statements where trace.transaction != nil {
      if trace.transaction != transaction { (first, transaction, isSaid) = (nil, trace.transaction, false) }
      guard !isSaid, let lock = trace.locks.first(where: { $0.mode.blocksReads && $0.relation.isTable })
      else { continue }
      guard let held = first else {
        first = (lock.relation, context.line(of: trace))
        continue
      }
      isSaid = true
      issues.append(
        context.issue(
          message(lock.relation.sql, held.relation.sql, held.line), at: statement, about: lock.relation, fix: Self.fix))
    }
    return issues
  }

  private static let fix = Issue.Fix(text: "change one table in a migration")

  private func message(_ table: some CustomStringConvertible, _ other: some CustomStringConvertible, _ line: Int)
    -> String
  {
    "ACCESS EXCLUSIVE on \(table), while \(other) is locked so since line \(line)"
  }
}
