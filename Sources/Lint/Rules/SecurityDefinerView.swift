/// `security-definer-view`
struct SecurityDefinerView: CatalogRule {
  let about = RuleDescription(
    name: "security-definer-view",
    severity: .error,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "View in an API schema that reads with its owner's rights",
    why: "it shows clients every row of its tables, past their policies",
    explanation: """
      A view reads its tables as its owner, who on Supabase bypasses row security, unless it is made `with \
      (security_invoker = on)`. Views that are revoked from `anon` and `authenticated` are left alone; without a shadow, \
      those that any file revokes something of.
      """,
    bad: """
      create view public.open_notes as select * from public.notes where not done;
      """,
    good: """
      create view public.open_notes with (security_invoker = on) as select * from public.notes where not done;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0010_security_definer_view",
    others: [.splinter: ["0010_security_definer_view"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedViews.compactMap { view, place in
      guard !view.isMaterialized, !view.isSecurityInvoker, view.lostSecurityInvoker == nil,
        context.isOpenToClients(view.name, view.isOpen)
      else { return nil }
      let statement = "alter view \(view.name) set (security_invoker = on);"
      return context.issue(
        on: view.name, at: place, "view \(view.name) shows clients what its owner may see",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
