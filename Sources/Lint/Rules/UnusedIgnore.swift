internal import Basics

/// `unused-ignore`
///
/// The one rule that judges what the linter itself did, so the ``Linter`` calls it when all others have spoken.
struct UnusedIgnore: CheckingRule {
  let about = RuleDescription(
    name: "unused-ignore",
    severity: .advice,
    evidence: [.file],
    summary: "Comment that silences a rule that says nothing there",
    why: "it misleads readers now, and will hide a real finding later",
    explanation: """
      Reported are: a comment that matches no finding, one that names no rule or one there is not, and one that would \
      silence an error but gives no reason. A comment for a rule that is off, or that this run had no evidence for, is \
      left alone, and so are squawk's comments, which may be there for squawk.

      A comment counts for its own line, or for the next one when it stands alone: \
      `-- penstock: ignore drop-column nobody reads it since 2.4`. `ignore-file` counts for the whole file.
      """,
    bad: """
      -- penstock: ignore drop-table nobody reads it
      create schema if not exists billing;
      """,
    good: """
      -- penstock: ignore drop-table nobody reads it
      drop table if exists public.old_customers;
      """,
    source: "https://squawkhq.com/docs/cli/#disabling-rules-via-comments",
    others: [.squawk: ["unused-ignore"]]
  )

  /// - Parameter isJudged: Whether a rule has run with all its evidence, so that its silence means something.
  func check(_ suppressions: Suppressions, isJudged: (RuleName) -> Bool, at file: Int) -> [Issue] {
    suppressions.entries.filter { $0.text.dialect == .penstock }.flatMap { entry in
      messages(entry, isJudged: isJudged).map { message in
        Issue(
          place: Place(file: file, range: entry.range),
          message: message.text,
          fix: .init(
            text: message.fix,
            edits: message.isRemoval && entry.text.rules.count == 1 ? [.init(range: entry.range, newText: "")] : []),
          evidence: .file)
      }
    }
  }

  private func messages(
    _ entry: Suppressions.Entry, isJudged: (RuleName) -> Bool
  ) -> [(text: String, fix: String, isRemoval: Bool)] {
    if entry.text.rules.isEmpty {
      return [("the comment names no rule to ignore", "name the rule: penstock: ignore RULE reason", false)]
    }
    return entry.text.rules.compactMap { name in
      let rule = RuleName(rawValue: name)
      if !entry.rules.contains(rule) {
        let hint = Spelling.hint(for: name, among: Rules.names)
        return ("there is no rule \(name) to ignore\(hint)", "correct the rule's name", false)
      }
      if entry.refused.contains(rule) {
        return ("\(name) is an error, and to ignore it takes a reason", "write the reason after the rule", false)
      }
      if !entry.used.contains(rule), isJudged(rule) {
        return ("\(name) finds nothing here to ignore", "remove it", true)
      }
      return nil
    }
  }
}
