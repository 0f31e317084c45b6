/// `rls-not-forced`
struct RowSecurityNotForced: CatalogRule {
  let about = RuleDescription(
    name: "rls-not-forced",
    severity: .advice,
    evidence: [.catalog, .ast],
    profiles: [.postgres],
    summary: "Table whose row level security does not bind its owner",
    why: "an application that connects as the owner sees every row, whatever the policies say",
    explanation: """
      `FORCE ROW LEVEL SECURITY` binds the owner as well. Superusers and roles with BYPASSRLS are never bound, so the \
      rule has nothing to say on Supabase, where `postgres` owns the tables and has BYPASSRLS.
      """,
    bad: """
      create table public.notes (id bigint primary key);
      alter table public.notes enable row level security;
      """,
    good: """
      create table public.notes (id bigint primary key);
      alter table public.notes enable row level security, force row level security;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-rowsecurity.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard table.hasRowSecurity, !table.forcesRowSecurity, !context.mayBeHidden("force", of: table) else { return nil }
      let statement = "alter table \(table.name) force row level security;"
      return context.issue(
        on: table, at: place, "row level security of \(table.name) does not bind its owner",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
