/// `policy-exists-rls-disabled`
struct PolicyExistsRowSecurityDisabled: CatalogRule {
  let about = RuleDescription(
    name: "policy-exists-rls-disabled",
    severity: .error,
    evidence: [.catalog, .ast],
    summary: "Table with policies whose row level security is off",
    why: "its policies do nothing: whoever may read the table reads all of it",
    explanation: """
      A policy binds nobody until `ALTER TABLE … ENABLE ROW LEVEL SECURITY`. Policies on tables that no file of the \
      repository creates are judged only with the shadow's catalog.
      """,
    bad: """
      create table private.notes (id bigint primary key, owner uuid);
      create policy "own notes" on private.notes to authenticated using (owner = (select auth.uid()));
      """,
    good: """
      create table private.notes (id bigint primary key, owner uuid);
      create policy "own notes" on private.notes to authenticated using (owner = (select auth.uid()));
      alter table private.notes enable row level security;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-rowsecurity.html",
    others: [.splinter: ["0007_policy_exists_rls_disabled"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard !table.hasRowSecurity, !table.policies.isEmpty, !context.mayBeHidden("row level security", of: table)
      else { return nil }
      let place = context.declared.policyPlaces.filter { $0.key.table == table.name }.map(\.value).min() ?? place
      let statement = "alter table \(table.name) enable row level security;"
      return context.issue(
        on: table, at: place, "row level security of \(table.name) is off, so its policies do nothing",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
