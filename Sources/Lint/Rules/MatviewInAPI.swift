/// `matview-in-api`
struct MatviewInAPI: CatalogRule {
  let about = RuleDescription(
    name: "matview-in-api",
    severity: .warning,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Materialized view in an API schema",
    why: "row security cannot be had on it: every client reads all of it",
    explanation: """
      Revoke it from `anon` and `authenticated`, or move it to a schema that the API does not serve. Without a shadow, \
      views that any file revokes something of are left alone.
      """,
    bad: """
      create materialized view public.sales as select 1 as total;
      """,
    good: """
      create materialized view public.sales as select 1 as total;
      revoke all on public.sales from anon, authenticated;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0016_materialized_view_in_api",
    others: [.splinter: ["0016_materialized_view_in_api"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedViews.compactMap { view, place in
      guard view.isMaterialized, context.isOpenToClients(view.name, view.isOpen) else { return nil }
      let statement = "revoke all on \(view.name) from anon, authenticated;"
      return context.issue(
        on: view.name, at: place, "materialized view \(view.name) can be read by every client",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
