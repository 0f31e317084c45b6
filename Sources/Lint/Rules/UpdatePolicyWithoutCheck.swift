internal import SQL

/// `update-policy-no-with-check`
struct UpdatePolicyWithoutCheck: StatementRule {
  let about = RuleDescription(
    name: "update-policy-no-with-check",
    severity: .advice,
    evidence: [.ast],
    summary: "Policy for UPDATE without WITH CHECK",
    why: "what a row may become is judged by the same condition as what it was, which nobody can see was meant",
    explanation: """
      Without `WITH CHECK` PostgreSQL takes the condition of `USING` for the new row as well. That is often right; \
      written down, it is so on purpose.
      """,
    bad: """
      create policy "own rows" on public.notes for update to authenticated using (owner = (select auth.uid()));
      """,
    good: """
      create policy "own rows" on public.notes for update to authenticated
        using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
      """,
    source: "https://www.postgresql.org/docs/15/sql-createpolicy.html"
  )

  var statementKinds: Syntax.Kinds { .createPolicy }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createPolicy(let create) = statement.syntax, create.command == .update, create.isPermissive,
      create.withCheck == nil, let using = create.using
    else { return [] }
    let table = context.declared.resolve(create.table)
    let end = statement.range.upperBound
    return [
      context.issue(
        "policy \(Quoting.identifier(create.name)) on \(table) does not say what a row may become",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(
          text: "with check (\(using.text))",
          edits: [.init(range: end..<end, newText: " with check (\(using.text))")]))
    ]
  }
}
