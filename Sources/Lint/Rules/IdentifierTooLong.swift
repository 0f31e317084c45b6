internal import SQL

/// `identifier-too-long`
struct IdentifierTooLong: StatementRule {
  let about = RuleDescription(
    name: "identifier-too-long",
    severity: .warning,
    evidence: [.ast],
    summary: "Name of more than 63 bytes",
    why: "PostgreSQL cuts it off, with no more than a notice, and two names that begin alike become one",
    explanation: """
      A name has at most 63 bytes; what is longer is cut at a character's end. Bytes count, not characters: an umlaut \
      has two. Names in bodies of functions are not looked at.
      """,
    bad: """
      create index if not exists customers_by_country_and_by_the_time_of_their_very_first_order_idx
        on public.customers (country);
      """,
    good: """
      create index if not exists customers_by_country_idx on public.customers (country);
      """,
    source: "https://www.postgresql.org/docs/15/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
    others: [.squawk: ["identifier-too-long"]]
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    statement.overlongNames.map { name, range in
      let kept = String(decoding: name.utf8.prefix(63), as: UTF8.self).replacing("\u{FFFD}", with: "")
      return context.issue(
        "a name of \(name.utf8.count) bytes is cut to \"\(kept)\"",
        at: range,
        fix: .init(
          text: "write the name that it becomes, or a shorter one",
          edits: [.init(range: range, newText: Quoting.identifier(kept))]))
    }
  }
}
