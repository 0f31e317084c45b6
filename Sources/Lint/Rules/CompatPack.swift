internal import SQL
internal import Schema

/// `compat-pack`
struct CompatPack: StatementRule {
  let about = RuleDescription(
    name: "compat-pack",
    severity: .off,
    evidence: [.ast],
    summary: "Change that a client may notice",
    why: "whoever uses the object now gets another answer, or none",
    explanation: """
      For those who want to see every change of what is there, beside the rules that report harm. Off unless it is \
      configured. Counted are: a changed default, an added column, a replaced view or function, a policy that is made \
      or changed, a revoked right, a disabled trigger or row security, a changed function, role or database setting, a \
      restarted sequence, a detached parent. What the pending migrations create is left alone.
      """,
    bad: """
      revoke select on public.customers from reporting;
      """,
    good: """
      create table if not exists public.suppliers (id bigint primary key);
      """,
    source: "https://squawkhq.com/docs/rules"
  )

  var statementKinds: Syntax.Kinds {
    [
      .alterTable, .createView, .alterSequence, .createFunction, .alterFunction, .createPolicy, .alterPolicy,
      .alterRole, .alterRoleSetting, .grant, .grantRole,
    ]
  }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    changes(statement, context).map { message, range in
      context.issue(message, at: range, fix: .init(text: "see that no client relies on it"))
    }
  }

  private func changes(_ statement: Statement, _ context: StatementContext) -> [(message: String, range: Range<Int>)] {
    let declared = context.declared
    func one(_ message: String) -> [(message: String, range: Range<Int>)] { [(message, statement.range)] }
    switch statement.syntax {
    case .alterTable(let alter):
      guard let table = context.existingTable(alter.name) else { return [] }
      return alter.commands.compactMap { command in
        let message: String
        switch command.action {
        case .setDefault(let column, _) where !declared.isAddedByPendingFiles(column, to: table):
          message = "column \(table).\(Quoting.identifier(column)) has another default"
        case .addColumn(let column, _): message = "column \(table).\(Quoting.identifier(column.name)) is new"
        case .disableTrigger: message = "triggers of \(table) are disabled"
        case .enableRowSecurity, .forceRowSecurity: message = "row security binds readers of \(table)"
        case .noInherit: message = "\(table) no longer belongs to its parent"
        default: return nil
        }
        return (message, command.range)
      }
    case .createView(let create) where create.orReplace:
      let name = declared.resolve(create.name)
      return declared.isCreatedByPendingFiles(ObjectKey(kind: .view, name: name)) ? [] : one("view \(name) is replaced")
    case .createFunction(let create) where create.orReplace:
      let key = ObjectKey(kind: create.isProcedure ? .procedure : .function, name: declared.resolve(create.name))
      return declared.isCreatedByPendingFiles(key) ? [] : one("\(key.kind.rawValue) \(key.name) is replaced")
    case .createPolicy(let create):
      return context.existingTable(create.table).map { one("policy \(create.name) on \($0) is new") } ?? []
    case .alterPolicy(let alter):
      return context.existingTable(alter.table).map { one("policy \(alter.name) on \($0) changes") } ?? []
    case .alterFunction(let alter): return one("\(alter.function) changes")
    case .alterRole(let alter): return one("role \(alter.role) changes")
    case .alterRoleSetting(let alter): return one("setting \(alter.setting.name) changes for later sessions")
    case .grant(let grant) where !grant.isGrant: return one("a right is taken away")
    case .grantRole(let grant) where !grant.isGrant: return one("a membership is taken away")
    case .alterSequence(let alter) where alter.options.contains(where: { ["restart", "increment"].contains($0.name) }):
      return one("sequence \(alter.name) goes on elsewhere")
    default: return []
    }
  }
}
