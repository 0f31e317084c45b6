internal import Schema

/// `rls-disabled`
struct RowSecurityDisabled: CatalogRule {
  let about = RuleDescription(
    name: "rls-disabled",
    severity: .error,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Table in an API schema without row level security",
    why: "whoever has the project's public key can read and write every row through the API",
    explanation: """
      Supabase serves the tables of its API schemas (`public` unless `api-schemas` says otherwise) to the roles \
      `anon` and `authenticated`, and the key for `anon` is in every browser. Row level security is what stands \
      between them and the rows; without it policies, if there are any, do nothing. This is the hole of \
      CVE-2025-48757.

      Row level security is not inherited: a partition can be reached by its own name and needs its own.
      """,
    bad: """
      create table public.customers (
        id bigint generated always as identity primary key
      );
      """,
    good: """
      create table public.customers (
        id bigint generated always as identity primary key
      );
      alter table public.customers enable row level security;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0013_rls_disabled_in_public",
    others: [.splinter: ["0013_rls_disabled_in_public"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard !table.hasRowSecurity, context.configuration.apiSchemas.contains(table.name.schema),
        !context.mayBeHidden("row level security", of: table)
      else { return nil }
      let statement = "alter table \(table.name) enable row level security;"
      return context.issue(
        on: table, at: place, "row level security of \(table.name) is off",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
