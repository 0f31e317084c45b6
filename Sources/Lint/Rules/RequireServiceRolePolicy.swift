internal import Schema

/// `require-service-role-policy`
struct RequireServiceRolePolicy: CatalogRule {
  let about = RuleDescription(
    name: "require-service-role-policy",
    severity: .warning,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Table in an API schema without a policy for service_role",
    why: "what the backend may do with the table is nowhere written down",
    explanation: """
      A policy for `service_role` says that the backend has the whole table, next to the policies that say what users \
      have. Two forms count: one that is granted to the role (`to service_role`), and one whose expression asks for \
      it (`auth.jwt() ->> 'role' = 'service_role'`).

      Prefer the first. On Supabase `service_role` has BYPASSRLS, so the policy is there for the reader; a policy to \
      `public` that calls `auth.jwt()` is evaluated for every row of every user's query, and Supabase's own advisor \
      flags it (measured: lints 0003 and 0006), while `to service_role using (true)` costs nothing.
      """,
    bad: """
      create table public.customers (id bigint primary key);
      alter table public.customers enable row level security;
      """,
    good: """
      create table public.customers (id bigint primary key);
      alter table public.customers enable row level security;
      create policy "service_role_all" on public.customers
        for all to service_role using (true) with check (true);
      """,
    source: "https://supabase.com/docs/guides/database/postgres/row-level-security#bypassing-row-level-security"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard context.configuration.apiSchemas.contains(table.name.schema), !table.isPartition,
        !table.policies.contains(where: Self.isForServiceRole), !context.mayBeHidden("policy", of: table)
      else { return nil }
      let statement = """
        create policy "service_role_all" on \(table.name)
          for all to service_role using (true) with check (true);
        """
      return context.issue(
        on: table, at: place, "table \(table.name) has no policy for service_role",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }

  private static func isForServiceRole(_ policy: PolicyShape) -> Bool {
    policy.isPermissive && (policy.roles.contains("service_role") || policy.expressions.contains("'service_role'"))
  }
}
