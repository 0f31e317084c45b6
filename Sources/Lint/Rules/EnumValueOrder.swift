internal import SQL
internal import Schema

/// `enum-value-order`
struct EnumValueOrder: StatementRule {
  let about = RuleDescription(
    name: "enum-value-order",
    severity: .advice,
    evidence: [.ast],
    summary: "New value of an enum without a place",
    why: "it comes last, and so sorts and compares after all others",
    explanation: """
      The values of an enum are in order: `<`, `order by` and `max` follow it. Say `BEFORE` or `AFTER` which value the \
      new one belongs; the order cannot be changed later.
      """,
    bad: """
      alter type public.status add value if not exists 'waiting';
      """,
    good: """
      alter type public.status add value if not exists 'waiting' before 'done';
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertype.html",
    others: [.squawk: ["require-enum-value-ordering"], .pgfence: ["alter-enum-no-ordering"]]
  )

  var statementKinds: Syntax.Kinds { .alterEnum }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterEnum(let alter) = statement.syntax, case .add(let label, _, isPlaced: false) = alter.action else {
      return []
    }
    return [
      context.issue(
        "value \(Quoting.literal(label)) of \(alter.type) comes last",
        at: statement.range,
        fix: .init(text: "say before or after which value it comes"))
    ]
  }
}
