internal import Basics
internal import SQL

/// `trigger-ddl-lock`
struct TriggerDDLLock: TraceRule {
  let about = RuleDescription(
    name: "trigger-ddl-lock",
    severity: .advice,
    evidence: [.trace],
    summary: "Trigger that is made, dropped or switched on a table in use",
    why: "writes to the table wait, and for a drop reads too, until the transaction ends",
    explanation: """
      `CREATE TRIGGER` and `ENABLE TRIGGER` take SHARE ROW EXCLUSIVE, `DROP TRIGGER` ACCESS EXCLUSIVE, for a moment; but \
      a lock is held until COMMIT, and while it is waited for everybody queues behind it. Set a short `lock_timeout`.

      Seen on the shadow. Only tables count that were there before the pending migrations.
      """,
    bad: RuleExample(
      files: [
        (
          RuleExample.path,
          "create or replace trigger touch before update on public.customers for each row execute function touch();"
        )
      ],
      traces: [.init(statement: 0, locks: [("customers", .shareRowExclusive)])]),
    good: RuleExample(
      files: [(RuleExample.path, "alter function touch() set search_path = '';")], traces: [.init(statement: 0)]),
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-TABLES"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace -> [Issue] in
      guard Self.isTriggerDDL(statement) else { return [] }
      return trace.locks.filter { $0.mode.blocksWrites && $0.relation.kind == .table }.map { lock in
        context.issue("\(lock.mode.sql) on \(lock.relation.sql)", at: statement, about: lock.relation)
      }
    }
  }

  private static func isTriggerDDL(_ statement: Statement) -> Bool {
    switch statement.syntax {
    case .createTrigger: true
    case .drop(let drop): drop.kind == .trigger
    case .alterTable(let alter):
      alter.commands.contains { command in
        switch command.action {
        case .enableTrigger, .disableTrigger: true
        default: false
        }
      }
    default: false
    }
  }
}
