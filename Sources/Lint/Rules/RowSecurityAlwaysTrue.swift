internal import SQL

/// `rls-always-true`
struct RowSecurityAlwaysTrue: StatementRule {
  let about = RuleDescription(
    name: "rls-always-true",
    severity: .warning,
    evidence: [.ast],
    summary: "Policy by which anybody may write anything",
    why: "whoever has the role can insert, change or delete every row, those of others too",
    explanation: """
      Reported are permissive policies for a write whose condition is `true` and that are not for `service_role` or \
      another role of the backend's alone. Reading is left alone: much is public. A policy for INSERT is judged by WITH \
      CHECK, one for DELETE by USING, one for UPDATE or ALL by both.
      """,
    bad: """
      create policy "anybody" on public.notes for update to authenticated using (true) with check (true);
      """,
    good: """
      create policy "service_role_all" on public.notes for all to service_role using (true) with check (true);
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0024_permissive_rls_policy",
    others: [.splinter: ["0024_permissive_rls_policy"]]
  )

  private static let clients: Set = ["public", "anon", "authenticated"]

  var statementKinds: Syntax.Kinds { .createPolicy }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createPolicy(let create) = statement.syntax, create.isPermissive, create.command != .select else {
      return []
    }
    let roles = create.roles.map(\.description)
    guard context.configuration.profile != .supabase || roles.contains(where: Self.clients.contains) else { return [] }
    let using = create.using?.isTrue ?? true
    let check = create.withCheck?.isTrue ?? using
    let isOpen =
      switch create.command {
      case .insert: create.withCheck?.isTrue == true
      case .delete: create.using?.isTrue == true
      default: create.using?.isTrue == true && check
      }
    guard isOpen else { return [] }
    let table = context.declared.resolve(create.table)
    return [
      context.issue(
        "policy \(Quoting.identifier(create.name)) lets \(roles.joined(separator: ", ")) write every row of \(table)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "say whose rows: owner = (select auth.uid())"))
    ]
  }
}
