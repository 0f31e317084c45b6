/// `applied-file-changed`
struct AppliedFileChanged: CatalogRule {
  let about = RuleDescription(
    name: "applied-file-changed",
    severity: .error,
    evidence: [.file],
    summary: "Migration that was another when it was applied",
    why: "whoever has applied it never gets the change, and databases that should be alike are not",
    explanation: """
      In a pipeline, a file is held against the checksum that the target's history has. Without a target, a file that \
      the default branch has is held against what it is there: that is a warning, as nobody knows who has applied it.

      Put the file back as it was, and make the change in a new migration (`penstock new`). A comment in the file cannot \
      silence this: it would be another change.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "create table public.notes (id bigint primary key, title text);")],
      appliedVersions: ["20260102030405"], changedFiles: [RuleExample.path]),
    good: RuleExample(files: [
      (RuleExample.path, "create table public.notes (id bigint primary key);"),
      (
        "supabase/migrations/20260102030406_title.sql",
        "alter table public.notes add column if not exists title text;"
      ),
    ]),
    source: "https://flywaydb.org/documentation/command/validate (checksums)"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.input.files.enumerated().compactMap { index, file in
      guard context.input.changedFiles.contains(file.path) else { return nil }
      let isKnown = context.input.appliedVersions != nil
      return Issue(
        place: Place(file: index, range: 0..<0),
        message: "\(file.name) has changed since \(isKnown ? "the target applied it" : "the default branch got it")",
        fix: .init(text: "put it back as it was, and make the change in a new migration: penstock new"),
        evidence: .file, severity: isKnown ? nil : .warning)
    }
  }
}
