internal import Basics
internal import SQL

/// `rls-user-metadata`
struct RowSecurityUserMetadata: StatementRule {
  let about = RuleDescription(
    name: "rls-user-metadata",
    severity: .error,
    evidence: [.ast],
    summary: "Policy that trusts what users can change themselves",
    why: "every signed-in user can write user_metadata, and so give themselves any role that it holds",
    explanation: """
      `user_metadata` of a token, and `raw_user_meta_data` of `auth.users`, are the user's own to change. What a user may \
      do belongs into `app_metadata`, which only the backend can write, or into a table.
      """,
    bad: """
      create policy "admins" on public.notes for all to authenticated
        using ((select auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');
      """,
    good: """
      create policy "admins" on public.notes for all to authenticated
        using ((select auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0015_rls_references_user_metadata",
    others: [.splinter: ["0015_rls_references_user_metadata"]]
  )

  var statementKinds: Syntax.Kinds { [.createPolicy, .alterPolicy] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let policy = statement.syntax.policyExpressions else { return [] }
    let table = context.declared.resolve(policy.table)
    return policy.expressions.filter { expression in
      expression.text.hasBytes(of: "raw_user_meta_data")
        || expression.text.hasBytes(of: "user_metadata")
          && (expression.functions.contains { $0.schema == "auth" && $0.name == "jwt" }
            || expression.text.hasBytes(of: "request.jwt"))
    }.prefix(1).map { expression in
      context.issue(
        "policy \(Quoting.identifier(policy.name)) on \(table) trusts user_metadata",
        at: expression.range,
        object: ObjectName(table),
        fix: .init(text: "keep it in app_metadata, or in a table that users cannot write"))
    }
  }
}
