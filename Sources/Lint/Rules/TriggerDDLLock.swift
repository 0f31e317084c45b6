internal import SQL
internal import Schema

/// `trigger-ddl-lock`
struct TriggerDDLLock: StatementRule {
  let about = RuleDescription(
    name: "trigger-ddl-lock",
    severity: .advice,
    evidence: [.ast],
    summary: "Trigger made, switched or dropped on a table in use",
    why: "writers wait for it, and behind a dropped trigger readers too",
    explanation: """
      `CREATE TRIGGER` and `ENABLE` or `DISABLE TRIGGER` take SHARE ROW EXCLUSIVE, `DROP TRIGGER` ACCESS EXCLUSIVE \
      (measured). It takes no time once the lock is there: set a `lock_timeout`. Tables that the pending migrations \
      create are left alone; of each file the first such statement is shown, and none where the file sets a \
      `lock_timeout`.
      """,
    bad: """
      drop trigger if exists touch on public.customers;
      """,
    good: """
      set local lock_timeout = '2s';
      drop trigger if exists touch on public.customers;
      """,
    source: "https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-TABLES; measured",
    others: [
      .languageServer: ["avoidCreateTrigger", "avoidEnableDisableTrigger", "banDropTrigger"],
      .pgfence: ["create-trigger", "drop-trigger", "enable-disable-trigger"], .atlas: ["PG308"],
    ]
  )

  var statementKinds: Syntax.Kinds { [.alterTable, .createTrigger, .drop] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard context.session.value(of: "lock_timeout") == nil, let (table, mode) = lock(of: statement, context),
      context.firstEarlier("a lock for triggers", where: { lock(of: $0, context) != nil }) == nil
    else { return [] }
    return [
      context.issue(
        "takes \(mode) on \(table)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "set local lock_timeout = '2s'; before it"))
    ]
  }

  private func lock(of statement: Statement, _ context: StatementContext) -> (table: QualifiedName, mode: String)? {
    switch statement.syntax {
    case .createTrigger(let create):
      return context.existingTable(create.table).map { ($0, "SHARE ROW EXCLUSIVE") }
    case .drop(let drop) where drop.kind == .trigger:
      return drop.objects.first?.owner.flatMap(context.existingTable).map { ($0, "ACCESS EXCLUSIVE") }
    case .alterTable(let alter):
      let switches = alter.commands.contains { command in
        switch command.action {
        case .enableTrigger, .disableTrigger: true
        default: false
        }
      }
      return switches ? context.existingTable(alter.name).map { ($0, "SHARE ROW EXCLUSIVE") } : nil
    default:
      return nil
    }
  }
}
