internal import SQL

/// `rls-initplan`
struct RowSecurityInitplan: StatementRule {
  let about = RuleDescription(
    name: "rls-initplan",
    severity: .warning,
    evidence: [.ast],
    summary: "Policy that asks who the user is for every row",
    why: "on a large table each query is many times slower than it has to be",
    explanation: """
      `auth.uid()`, `auth.jwt()`, `auth.role()`, `auth.email()` and `current_setting()` give the same answer for a whole \
      query, but a policy calls them for each row. Within `(select …)` without a FROM the planner calls them once, \
      before the first row (an InitPlan).

      A call inside a subquery that reads a table counts too: it is made for each row of that one.
      """,
    bad: """
      create policy "own rows" on public.notes for select to authenticated using (owner = auth.uid());
      """,
    good: """
      create policy "own rows" on public.notes for select to authenticated using (owner = (select auth.uid()));
      """,
    source: "https://supabase.com/docs/guides/database/postgres/row-level-security#call-functions-with-select",
    others: [.splinter: ["0003_auth_rls_initplan"]]
  )

  var statementKinds: Syntax.Kinds { [.createPolicy, .alterPolicy] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let policy = statement.syntax.policyExpressions else { return [] }
    let calls = policy.expressions.flatMap(\.callsPerRow).filter { Self.isConstant($0.function) }
    guard let first = calls.first else { return [] }
    let table = context.declared.resolve(policy.table)
    let edits = calls.flatMap { call in
      [
        Issue.Edit(range: call.range.lowerBound..<call.range.lowerBound, newText: "(select "),
        Issue.Edit(range: call.range.upperBound..<call.range.upperBound, newText: ")"),
      ]
    }
    let more = calls.count > 1 ? ", in \(calls.count) places" : ""
    return [
      context.issue(
        "policy \(Quoting.identifier(policy.name)) on \(table) calls \(first.function)() for every row\(more)",
        at: first.range,
        object: ObjectName(table),
        fix: .init(
          text: "write (select \(first.function)(\(first.function.name == "current_setting" ? "…" : "")))", edits: edits
        ))
    ]
  }

  private static func isConstant(_ function: Syntax.QualifiedName) -> Bool {
    switch function.schema {
    case "auth": ["uid", "jwt", "role", "email"].contains(function.name)
    case nil, "pg_catalog": function.name == "current_setting"
    default: false
    }
  }
}

extension Syntax {
  /// The conditions that a statement gives a policy.
  var policyExpressions: (name: String, table: QualifiedName, expressions: [Expression])? {
    switch self {
    case .createPolicy(let create):
      (create.name, create.table, [create.using, create.withCheck].compactMap(\.self))
    case .alterPolicy(let alter): (alter.name, alter.table, [alter.using, alter.withCheck].compactMap(\.self))
    default: nil
    }
  }
}
