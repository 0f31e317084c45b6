internal import SQL

/// `policy-to-public`
struct PolicyToPublic: StatementRule {
  let about = RuleDescription(
    name: "policy-to-public",
    severity: .warning,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Policy without a role",
    why: "it is for everyone, who is not signed in too, and is tried for them on each row",
    explanation: """
      A policy without `TO` is one `to public`. Say `to authenticated` where it is about users: requests of `anon` are \
      then turned down without looking at a row. Left alone are restrictive policies, which should bind everyone, and \
      those that let everyone read (`for select using (true)`).
      """,
    bad: """
      create policy "own rows" on public.notes using (owner = (select auth.uid()));
      """,
    good: """
      create policy "own rows" on public.notes to authenticated using (owner = (select auth.uid()));
      """,
    source: "https://supabase.com/docs/guides/database/postgres/row-level-security#specify-roles-in-your-policies"
  )

  var statementKinds: Syntax.Kinds { .createPolicy }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createPolicy(let create) = statement.syntax, create.isPermissive, create.roles == [.everyone],
      !(create.command == .select && create.using?.isTrue == true)
    else { return [] }
    let table = context.declared.resolve(create.table)
    return [
      context.issue(
        "policy \(Quoting.identifier(create.name)) on \(table) is for everyone",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "write to authenticated, or whichever role it is about"))
    ]
  }
}
