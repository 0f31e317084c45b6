internal import SQL
internal import Schema

/// `truncate`, `truncate-cascade`
struct TruncateRule: StatementRule {
  let about: RuleDescription
  private let cascade: Bool

  static let plain = TruncateRule(
    cascade: false,
    about: RuleDescription(
      name: "truncate",
      severity: .error,
      evidence: [.ast],
      summary: "Emptied table",
      why: "its rows are gone for good, and meanwhile nobody can read it",
      explanation: """
        `TRUNCATE` takes ACCESS EXCLUSIVE and fires no triggers for the rows. Tables that the pending migrations create \
        are left alone.
        """,
      bad: """
        truncate public.events;
        """,
      good: """
        -- penstock: ignore truncate the events are a cache, filled again by the next import
        truncate public.events;
        """,
      source: "https://www.postgresql.org/docs/15/sql-truncate.html",
      others: [.languageServer: ["banTruncate"], .pgfence: ["truncate"]]))

  static let cascading = TruncateRule(
    cascade: true,
    about: RuleDescription(
      name: "truncate-cascade",
      severity: .error,
      evidence: [.ast],
      summary: "TRUNCATE with CASCADE",
      why: "every table that refers to it is emptied too, and those that refer to them, whichever they are by then",
      explanation: """
        Name the tables that are to be emptied, all in one `TRUNCATE`: one that was forgotten then stops it. Where only \
        tables are named that the pending migrations create, it is left alone.
        """,
      bad: """
        truncate public.customers cascade;
        """,
      good: """
        -- penstock: ignore truncate a test project
        truncate public.customers, public.invoices;
        """,
      source:
        "https://www.postgresql.org/docs/15/sql-truncate.html; measured: the referring table is locked and emptied",
      others: [
        .squawk: ["ban-truncate-cascade"], .languageServer: ["banTruncateCascade"], .pgfence: ["truncate-cascade"],
      ]))

  private init(cascade: Bool, about: RuleDescription) {
    self.cascade = cascade
    self.about = about
  }

  var statementKinds: Syntax.Kinds { .truncate }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .truncate(let truncate) = statement.syntax, !cascade || truncate.cascade else { return [] }
    let tables = truncate.tables.compactMap(context.existingTable)
    guard let first = tables.first else { return [] }
    let names = tables.map(\.description).joined(separator: ", ")
    return [
      context.issue(
        cascade ? "empties \(names) and whatever refers to it" : "empties \(names)",
        at: statement.range,
        object: ObjectName(first),
        fix: .init(
          text: cascade
            ? "name all the tables that are to be emptied"
            : "say in a suppression's reason why the rows are not needed"))
    ]
  }
}
