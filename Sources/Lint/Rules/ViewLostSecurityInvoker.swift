/// `view-lost-security-invoker`
struct ViewLostSecurityInvoker: CatalogRule {
  let about = RuleDescription(
    name: "view-lost-security-invoker",
    severity: .error,
    evidence: [.ast],
    summary: "Replaced view that reads with its owner's rights again",
    why: "it shows every row of its tables, past their policies, which it did not before",
    explanation: """
      `CREATE OR REPLACE VIEW` without `WITH` takes the view's options away (measured): a view that was made with \
      `security_invoker` has it no longer. Write the option at each replacement.
      """,
    bad: """
      create view public.open_notes with (security_invoker = on) as select id from public.notes;
      create or replace view public.open_notes as select id from public.notes where not done;
      """,
    good: """
      create view public.open_notes with (security_invoker = on) as select id from public.notes;
      create or replace view public.open_notes with (security_invoker = on) as
        select id from public.notes where not done;
      """,
    source: "https://www.postgresql.org/docs/15/sql-createview.html; measured"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    // The server says what is there now, the files how it came about.
    context.declared.shape.views.values.sorted { $0.name < $1.name }.compactMap { view in
      guard let place = view.lostSecurityInvoker, context.isJudged(view.name),
        context.shape.views[view.name]?.isSecurityInvoker != true
      else { return nil }
      let statement = "alter view \(view.name) set (security_invoker = on);"
      var issue = context.issue(
        on: view.name, at: place, "view \(view.name) loses security_invoker",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
      issue.evidence = .ast
      return issue
    }
  }
}
