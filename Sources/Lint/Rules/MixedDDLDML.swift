internal import SQL

/// `mixed-ddl-dml`
struct MixedDDLDML: StatementRule {
  let about = RuleDescription(
    name: "mixed-ddl-dml",
    severity: .warning,
    evidence: [.ast],
    summary: "Rows changed in the transaction in which a table is locked",
    why: "the lock is held until the transaction ends, so everybody waits for as long as the rows take",
    explanation: """
      A statement such as `ALTER TABLE` locks its table until the transaction ends. When an update, a delete, an insert \
      from a query or a copy follows in the same migration, reads and writes of the table wait for that as well. Put \
      the change of data into a migration of its own, before or after.

      Only tables that were there before the pending migrations count, on both sides; an insert of rows that are \
      written out does not.
      """,
    bad: """
      alter table public.customers add column if not exists country text;
      update public.customers set country = 'DE' where country is null;
      """,
    good: """
      update public.customers set country = 'DE' where country is null;
      """,
    source:
      "https://www.postgresql.org/docs/15/explicit-locking.html (locks are held until the end of the transaction)",
    others: [
      .languageServer: ["runningStatementWhileHoldingAccessExclusive"], .pgfence: ["statement-after-access-exclusive"],
      .eugene: ["E4"],
    ]
  )

  var statementKinds: Syntax.Kinds { [.insert, .update, .delete, .copy] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard context.session.isInTransaction, let target = statement.syntax.changedRows,
      let table = context.existingTable(target)
    else { return [] }
    func lock(of statement: Statement) -> BlockingLock? {
      context.blockingLocks(of: statement).first { $0.mode == .accessExclusive || $0.mode == .shareRowExclusive }
    }
    let locking = context.firstEarlier("a lock beside changed rows", from: context.session.transactionStart) {
      lock(of: $0) != nil
    }
    guard let locked = locking.flatMap(lock) else { return [] }
    return [
      context.issue(
        "changes rows of \(table) while the transaction holds \(locked.mode.rawValue) on \(locked.table)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "move it into a migration of its own"))
    ]
  }
}

extension Syntax {
  /// The table of which the statement may change any number of rows.
  fileprivate var changedRows: QualifiedName? {
    switch self {
    case .update(let update): update.table
    case .delete(let delete): delete.table
    case .insert(let insert) where insert.rowCount == nil: insert.table
    case .copy(let copy) where copy.isFrom: copy.table
    default: nil
    }
  }
}
