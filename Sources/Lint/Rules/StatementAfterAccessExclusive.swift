internal import Basics
internal import SQL
internal import Schema

/// `statement-after-access-exclusive`
struct StatementAfterAccessExclusive: TraceRule {
  let about = RuleDescription(
    name: "statement-after-access-exclusive",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "Work while a table is locked against everybody",
    why: "a lock is held until the transaction ends, so that reads of the table wait for the work too",
    explanation: """
      `ALTER TABLE` mostly takes ACCESS EXCLUSIVE, for a moment; but the lock stays until COMMIT. When a later \
      statement of the file reads rows, builds an index, checks a constraint or writes a table anew, nobody reads the \
      locked table until that is done. Do the work in a migration of its own, before the lock or after it. Of rows that \
      are changed behind a lock, `mixed-ddl-dml` speaks.

      Of each transaction the first such statement is shown. Concluded from the text, and measured on the shadow, \
      statement by statement. Only tables count that were there before the pending migrations, and the lock of a table \
      that is dropped does not: nobody will read it.
      """,
    bad: RuleExample(
      files: [
        (
          RuleExample.path,
          """
          alter table public.customers add column region text;
          create index customers_region_idx on public.customers (region);
          """
        )
      ],
      traces: [
        .init(statement: 0, locks: [("customers", .accessExclusive)]),
        .init(statement: 1, locks: [("customers", .share)], indexed: ["customers"]),
      ]),
    good: "alter table public.customers add column region text;",
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-TABLES",
    others: [
      .languageServer: ["runningStatementWhileHoldingAccessExclusive"], .pgfence: ["statement-after-access-exclusive"],
      .eugene: ["E10", "E4"], .djangoMigrationLinter: ["CREATE_INDEX_EXCLUSIVE"],
    ]
  )

  var statementKinds: Syntax.Kinds { [.select, .createTableAs, .createIndex, .refreshMaterializedView, .alterTable] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard context.session.isInTransaction,
      let locking = context.search.first(
        "a table locked against everybody", from: context.session.transactionStart, before: context.index,
        where: { lock(of: $0, context) != nil }),
      let table = lock(of: context.file.statements[locking], context),
      context.search.first(
        "work behind a lock", from: locking + 1, before: context.index + 1, where: { isWork($0, context) })
        == context.index
    else { return [] }
    let line = context.file.statements[locking].position.line
    return [
      context.issue(
        "this runs while nobody can read \(table), which is locked since line \(line)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "move it into a migration of its own"))
    ]
  }

  private func lock(of statement: Statement, _ context: StatementContext) -> QualifiedName? {
    if case .drop(let drop) = statement.syntax, [.table, .materializedView].contains(drop.kind) { return nil }
    return context.blockingLocks(of: statement).first { $0.mode == .accessExclusive && !$0.isOfIndex }
      .map { context.declared.resolve($0.table) }
  }

  private func isWork(_ statement: Statement, _ context: StatementContext) -> Bool {
    switch statement.syntax {
    case .select(let select): select.hasFrom
    case .createTableAs(let create): create.withData
    case .refreshMaterializedView(let refresh): refresh.withData
    case .createIndex, .alterTable: Self.workers.contains { !$0.check(statement, in: context).isEmpty }
    default: false
    }
  }

  /// The rules about what takes as long as the table is large.
  private static let workers: [any StatementRule] = [
    AddColumnCheckScan(), AddColumnRewrite(), AlterTypeRewrite(), ConstraintBuildsIndex.exclusion,
    ConstraintBuildsIndex.primaryKey, ConstraintBuildsIndex.unique, CreateIndexNotConcurrent(), OtherTableRewrite(),
    RequireNotValid.check, RequireNotValid.foreignKey, SetNotNullScan(), TableWork.newType, TableWork.partition,
  ]

  func check(_ context: TraceContext) -> [Issue] {
    var issues: [Issue] = []
    var locked: (relation: StatementTrace.Relation, line: Int)?
    var transaction: Int?
    var isSaid = false
    for (statement, trace) in context.statements where trace.transaction != nil {
      if trace.transaction != transaction { (locked, transaction, isSaid) = (nil, trace.transaction, false) }
      guard !isSaid else { continue }
      if let held = locked, Self.isWork(statement, trace) {
        issues.append(
          context.issue(
            "this runs while nobody can read \(held.relation.sql), which is locked since line \(held.line)",
            at: statement, about: held.relation,
            fix: .init(text: "move it into a migration of its own")))
        isSaid = true
      } else if locked == nil, let lock = trace.locks.first(where: { $0.mode.blocksReads && $0.relation.isTable }),
        !trace.dropped.contains(lock.relation)
      {
        locked = (lock.relation, context.line(of: trace))
      }
    }
    return issues
  }

  private static func isWork(_ statement: Statement, _ trace: StatementTrace) -> Bool {
    switch statement.syntax {
    case .insert, .update, .delete, .copy: false
    case .select(let select): select.hasFrom
    case .createTableAs(let create): create.withData
    case .refreshMaterializedView(let refresh): refresh.withData
    default: !trace.rewritten.isEmpty || !trace.scanned.isEmpty || !trace.indexed.isEmpty
    }
  }
}
