internal import SQL
internal import Schema

/// `rls-always-true`
struct RowSecurityAlwaysTrue: StatementRule, CatalogRule {
  let about = RuleDescription(
    name: "rls-always-true",
    severity: .warning,
    evidence: [.ast, .explain],
    summary: "Policy by which anybody may write anything",
    why: "whoever has the role can insert, change or delete every row, those of others too",
    explanation: """
      Reported are permissive policies for a write whose condition is `true` and that are not for `service_role` or \
      another role of the backend's alone. Reading is left alone: much is public. A policy for INSERT is judged by WITH \
      CHECK, one for DELETE by USING, one for UPDATE or ALL by both.

      On the shadow, the planner is asked: a condition for which it has nothing to filter (`1 = 1`, `a or true`, `id is \
      not null` of a key) is as good as `true`.
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

  var statementKinds: Syntax.Kinds { .createPolicy }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createPolicy(let create) = statement.syntax, create.isPermissive, create.command != .select else {
      return []
    }
    let roles = create.roles.map(\.description)
    guard context.configuration.isForClients(roles) else { return [] }
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
        Self.message(create.name, roles, table), at: statement.range, object: ObjectName(table), fix: Self.fix)
    ]
  }

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedPolicies.compactMap { table, policy, place in
      guard policy.isPermissive, policy.command != .select, context.configuration.isForClients(policy.roles) else {
        return nil
      }
      func isOpen(_ part: PolicyCondition.Part, _ text: String?) -> Bool {
        context.input.openConditions.contains(PolicyCondition(table: table, policy: policy.name, part: part))
          || text?.isTrue == true
      }
      let isOpen =
        switch policy.command {
        case .insert: isOpen(.check, policy.withCheck)
        case .delete: isOpen(.using, policy.using)
        default: isOpen(.using, policy.using) && (policy.withCheck == nil || isOpen(.check, policy.withCheck))
        }
      // What says `true` in so many words is reported from the text.
      let isPlain = [policy.using, policy.withCheck].compactMap(\.self).allSatisfy(\.isTrue)
      guard isOpen, !isPlain else { return nil }
      var issue = context.issue(
        on: table, at: place,
        "\(Self.message(policy.name, policy.roles, table)): the planner finds nothing to check in its condition",
        fix: Self.fix)
      (issue.evidence, issue.certainty) = (.explain, .measured)
      return issue
    }
  }

  private static func message(_ policy: String, _ roles: [String], _ table: QualifiedName) -> String {
    "policy \(Quoting.identifier(policy)) lets \(roles.joined(separator: ", ")) write every row of \(table)"
  }

  private static let fix = Issue.Fix(text: "say whose rows: owner = (select auth.uid())")
}

extension LintConfiguration {
  /// Whether any of a policy's roles may be a client's.
  fileprivate func isForClients(_ roles: [String]) -> Bool {
    profile != .supabase || roles.contains { ["public", "anon", "authenticated"].contains($0) }
  }
}

extension String {
  /// Whether a condition, as files or a server write it, is `true` in so many words.
  fileprivate var isTrue: Bool { filter { !"() ".contains($0) }.lowercased() == "true" }
}
