internal import Basics

/// `duplicate-or-out-of-order-version`
struct DuplicateOrOutOfOrderVersion: FileRule {
  let about = RuleDescription(
    name: "duplicate-or-out-of-order-version",
    severity: .error,
    evidence: [.file],
    summary: "Version that is used twice or is older than what the target has applied",
    why: "the history holds each version once and is read by the newest, so such a migration is skipped or refused",
    explanation: """
      Two branches that each add a migration meet here: both took the same version, or the one that is merged later \
      took the older one. The first cannot be recorded twice; the second was never tested after what is now before \
      it, and other tools refuse it or pass it over. Give the new file a fresh version.

      What the target has applied is read from its history where there is one, else taken from the files that are not \
      pending. Versions compare as text in `supabase/migrations`, as Supabase compares them, and as numbers elsewhere.
      """,
    bad: RuleExample(
      files: [("supabase/migrations/20250101000000_add_customers.sql", "select 1;")],
      appliedVersions: ["20250601000000"]),
    good: RuleExample(
      files: [("supabase/migrations/20250701000000_add_customers.sql", "select 1;")],
      appliedVersions: ["20250601000000"]),
    source: "https://supabase.com/docs/reference/cli/supabase-migration-up"
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    guard let version = context.version else { return [] }
    let fix = Issue.Fix(
      text: "give the file a version of its own, newer than all others: the time now, in UTC",
      rename: context.order.parse(String(file.name)).map { Issue.FileName(name: $0.name) })
    var issues: [Issue] = []
    if let twin = context.files(ofVersion: version).first(where: { $0.isBefore || !$0.file.isPending }) {
      issues.append(context.issue("version \(version) is also that of \(twin.file.path)", fix: fix))
    }
    if let newest = context.newestAppliedVersion, context.order.precedes(version, newest), !context.isApplied(version) {
      issues.append(
        context.issue("version \(version) is older than \(newest), the newest that is applied", fix: fix))
    }
    return issues
  }
}
