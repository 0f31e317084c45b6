internal import SQL

/// `enum-add-value-used-in-tx`
struct EnumAddValueUsed: FileRule {
  let about = RuleDescription(
    name: "enum-add-value-used-in-tx",
    severity: .warning,
    evidence: [.ast],
    summary: "New value of an enum that the same file goes on to use",
    why: "a new value cannot be used before it is committed (55P04), so the file cannot be one transaction",
    explanation: """
      Penstock sees that the server refuses it and runs such a file statement by statement, which is no longer all or \
      nothing; other tools fail. Put the `ADD VALUE` into a migration of its own.

      Used is a value that stands as a string in a later statement before a COMMIT. Types that the same file creates \
      are left alone, as their values can be used at once.
      """,
    bad: """
      alter type public.status add value if not exists 'archived';
      update public.customers set status = 'archived' where closed_at is not null;
      """,
    good: """
      alter type public.status add value if not exists 'archived';
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertype.html#id-1.9.3.42.7",
    others: [.languageServer: ["avoidAlterEnumAddValue"], .pgfence: ["alter-enum-add-value"]]
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    guard let script = try? file.script.get(), !SessionState(beginning: file).runsStatementsAlone else { return [] }
    let used = script.enumValuesUsedLater
    guard !used.isEmpty else { return [] }
    let created = Dictionary(
      script.statements.enumerated().compactMap { index, statement in
        if case .createType(let create) = statement.syntax { (create.name, index) } else { nil }
      }
    ) { first, _ in first }
    return used.compactMap { index in
      let statement = script.statements[index]
      guard case .alterEnum(let alter) = statement.syntax, case .add(let label, _, _) = alter.action,
        created[alter.type].map({ $0 > index }) ?? true
      else { return nil }
      return Issue(
        place: Place(file: context.index, range: statement.range),
        message: "value \(Quoting.literal(label)) of \(alter.type) is used before it is committed",
        fix: .init(text: "put it into a migration of its own, before this one"),
        evidence: .ast)
    }
  }
}
