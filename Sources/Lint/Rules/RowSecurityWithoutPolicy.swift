internal import Schema

/// `rls-enabled-no-policy`
struct RowSecurityWithoutPolicy: CatalogRule {
  let about = RuleDescription(
    name: "rls-enabled-no-policy",
    severity: .advice,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Table in an API schema with row level security and no policy",
    why: "no client can read or write it; only roles that bypass row security can",
    explanation: """
      That may be meant: a table for the backend alone. Then say so with a policy for `service_role`, which costs \
      nothing, or move the table out of the API's schemas.
      """,
    bad: """
      create table public.jobs (id bigint primary key);
      alter table public.jobs enable row level security;
      """,
    good: """
      create table public.jobs (id bigint primary key);
      alter table public.jobs enable row level security;
      create policy "service_role_all" on public.jobs for all to service_role using (true) with check (true);
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0008_rls_enabled_no_policy",
    others: [.splinter: ["0008_rls_enabled_no_policy"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard table.hasRowSecurity, table.policies.isEmpty, !table.isPartition,
        context.configuration.apiSchemas.contains(table.name.schema), !context.mayBeHidden("policy", of: table)
      else { return nil }
      return context.issue(
        on: table, at: place, "table \(table.name) has row level security and no policy",
        fix: .init(text: "create policy … on \(table.name) …;"))
    }
  }
}
