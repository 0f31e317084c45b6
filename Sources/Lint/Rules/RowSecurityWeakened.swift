internal import SQL
internal import Schema

/// `rls-weakened`
struct RowSecurityWeakened: StatementRule {
  let about = RuleDescription(
    name: "rls-weakened",
    severity: .error,
    evidence: [.ast],
    summary: "Row level security that is taken back",
    why: "rows that were hidden can be read or written from now on",
    explanation: """
      Reported are `DISABLE` and `NO FORCE ROW LEVEL SECURITY` on a table that was there before, a restrictive policy \
      that is dropped and not made anew, and `ALTER POLICY` that gives a policy to everyone or makes its condition \
      `true`. Dropping a permissive policy takes access away and is left alone. What the pending migrations create is \
      left alone, and so is row security that the file enables again.
      """,
    bad: """
      alter table public.customers disable row level security;
      """,
    good: """
      drop policy if exists "own rows" on public.customers;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-rowsecurity.html"
  )

  var statementKinds: Syntax.Kinds { [.alterTable, .drop, .alterPolicy] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    switch statement.syntax {
    case .alterTable(let alter):
      guard let table = context.existingTable(alter.name) else { return [] }
      return alter.commands.compactMap { command in
        let message: String
        switch command.action {
        case .disableRowSecurity where !isEnabledLater(table, context):
          message = "row level security of \(table) is off"
        case .noForceRowSecurity: message = "row level security of \(table) does not bind its owner"
        default: return nil
        }
        return issue("\(message) from now on", table, at: command.range, context)
      }
    case .drop(let drop) where drop.kind == .policy:
      return drop.objects.compactMap { object in
        guard let table = object.owner.flatMap(context.existingTable),
          let policy = policy(object.name.name, on: table, context), !policy.isPermissive,
          !context.isMadeAnewLater(
            ObjectKey(kind: .policy, name: context.declared.resolve(object.name), owner: table))
        else { return nil }
        return issue(
          "restrictive policy \(Quoting.identifier(policy.name)) on \(table) is gone", table, at: statement.range,
          context)
      }
    case .alterPolicy(let alter):
      guard let table = context.existingTable(alter.table), let old = policy(alter.name, on: table, context) else {
        return []
      }
      let name = "policy \(Quoting.identifier(alter.name)) on \(table)"
      var messages: [String] = []
      if old.isPermissive, let roles = alter.roles, roles.contains(.everyone), !old.roles.contains("public") {
        messages.append("\(name) is for everyone")
      }
      if alter.using?.isTrue == true, old.using != "true" { messages.append("\(name) is always true") }
      return messages.map { issue("\($0) from now on", table, at: statement.range, context) }
    default:
      return []
    }
  }

  private func isEnabledLater(_ table: QualifiedName, _ context: StatementContext) -> Bool {
    context.later(about: table.name).contains { statement in
      guard case .alterTable(let alter) = statement.syntax, context.declared.resolve(alter.name) == table else {
        return false
      }
      return alter.commands.contains { if case .enableRowSecurity = $0.action { true } else { false } }
    }
  }

  private func policy(_ name: String, on table: QualifiedName, _ context: StatementContext) -> PolicyShape? {
    [context.declared.shape, context.before].compactMap(\.self).lazy
      .compactMap { $0.policies(on: table).first { $0.name == name } }.first
  }

  private func issue(
    _ message: String, _ table: QualifiedName, at range: Range<Int>, _ context: StatementContext
  ) -> Issue {
    context.issue(
      message, at: range, object: ObjectName(table),
      fix: .init(text: "say in a suppression's reason who may see the rows now"))
  }
}

extension Syntax.Expression {
  /// Whether it is the word `true`, perhaps in parentheses.
  var isTrue: Bool {
    text.utf8.count < 100 && text.lowercased().filter { !"() \n\t".contains($0) } == "true"
  }
}
