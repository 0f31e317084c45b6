internal import SQL
internal import Schema

/// `replica-identity`
struct ReplicaIdentity: StatementRule {
  let about = RuleDescription(
    name: "replica-identity",
    severity: .warning,
    evidence: [.ast],
    summary: "Changed replica identity of a table",
    why: "what subscribers and Realtime learn of updated and deleted rows changes; with FULL each one is logged whole",
    explanation: """
      `FULL` writes the old row of every update and delete into the log; `NOTHING` makes updates and deletes of a \
      published table fail. The primary key, which is the default, is nearly always right. Tables that the pending \
      migrations create are left alone.
      """,
    bad: """
      alter table public.messages replica identity full;
      """,
    good: """
      -- penstock: ignore replica-identity Realtime has to show what was deleted
      alter table public.messages replica identity full;
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY"
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, let table = context.existingTable(alter.name) else {
      return []
    }
    return alter.commands.compactMap { command in
      guard case .replicaIdentity = command.action else { return nil }
      return context.issue(
        "\(table) tells subscribers of its changes in another way", at: command.range, object: ObjectName(table),
        fix: .init(text: "say in a suppression's reason who needs it"))
    }
  }
}
