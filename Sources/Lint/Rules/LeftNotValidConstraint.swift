internal import SQL

/// `left-not-valid-constraint`
struct LeftNotValidConstraint: CatalogRule {
  let about = RuleDescription(
    name: "left-not-valid-constraint",
    severity: .advice,
    evidence: [.ast],
    summary: "Constraint added NOT VALID and not validated",
    why: "rows that were there before may break it, and the planner cannot rely on it",
    explanation: """
      Validate it in the next migration, which may be part of the same push: `VALIDATE CONSTRAINT` stands in nobody's way.
      """,
    bad: """
      alter table public.customers add constraint age_positive check (age > 0) not valid;
      """,
    good: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        "alter table public.customers add constraint age_positive check (age > 0) not valid;"
      ),
      (
        "supabase/migrations/20260102030406_validate.sql",
        "alter table public.customers validate constraint age_positive;"
      ),
    ]),
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.declared.unvalidated.sorted { $0.value < $1.value }.compactMap { key, place in
      guard context.isJudged(key.table) else { return nil }
      let name = Quoting.identifier(key.name)
      let statement = "alter table \(key.table) validate constraint \(name);"
      let file = "validate_\(FileNameFormat.slug(of: key.name, default: "constraint"))"
      var issue = context.issue(
        on: key.table, at: place, "constraint \(name) of \(key.table) is never validated",
        fix: .init(
          text: "in the next migration: \(statement)", newFiles: [.init(name: file, text: "\(statement)\n")]))
      issue.evidence = .ast
      return issue
    }
  }
}
