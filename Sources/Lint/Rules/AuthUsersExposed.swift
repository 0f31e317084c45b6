/// `auth-users-exposed`
struct AuthUsersExposed: CatalogRule {
  let about = RuleDescription(
    name: "auth-users-exposed",
    severity: .error,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "View over auth.users in an API schema",
    why: "clients read users' addresses, phone numbers and metadata through it",
    explanation: """
      Keep what clients may know of users in a table of its own, filled by a trigger. A view that is revoked from \
      `anon` and `authenticated` is left alone; without a shadow, one that any file revokes something of. So is a view \
      with `security_invoker`: clients have no right to `auth.users`, so that it shows them nothing.
      """,
    bad: """
      create view public.users as select id, email from auth.users;
      """,
    good: """
      create view private.users as select id, email from auth.users;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0002_auth_users_exposed",
    others: [.splinter: ["0002_auth_users_exposed"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedViews.compactMap { view, place in
      guard view.readsAuthUsers, !view.isSecurityInvoker, context.isOpenToClients(view.name, view.isOpen) else {
        return nil
      }
      return context.issue(
        on: view.name, at: place, "view \(view.name) shows clients rows of auth.users",
        fix: .init(text: "revoke all on \(view.name) from anon, authenticated;"))
    }
  }
}
