/// `graphql-exposed`
struct GraphQLExposed: CatalogRule {
  let about = RuleDescription(
    name: "graphql-exposed",
    severity: .off,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Table that every client finds in the GraphQL schema",
    why: "introspection lists its name, its columns and its relations to whoever asks, whatever its policies say",
    explanation: """
      pg_graphql shows each role what it may SELECT, and new tables of `public` are granted to `anon` and \
      `authenticated` by default. Policies hide rows, not names. Revoke SELECT from the roles that need none, or do \
      without the extension.

      Off unless it is configured: it is true of nearly every table of nearly every project, where it is meant to be. \
      Without a shadow, tables that any file revokes something of are left alone.
      """,
    bad: """
      create table public.notes (id bigint primary key);
      alter table public.notes enable row level security;
      """,
    good: """
      create table public.notes (id bigint primary key);
      alter table public.notes enable row level security;
      revoke all on public.notes from anon, authenticated;
      """,
    source: "https://supabase.github.io/pg_graphql/security/",
    others: [.splinter: ["0026_pg_graphql_anon_table_exposed", "0027_pg_graphql_authenticated_table_exposed"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard context.isOpenToClients(table.name, table.isOpen) else { return nil }
      let statement = "revoke all on \(table.name) from anon, authenticated;"
      return context.issue(
        on: table, at: place, "\(table.name) is in the GraphQL schema of every client",
        fix: .init(text: "where clients do not need it: \(statement)"))
    }
  }
}
