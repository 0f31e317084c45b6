internal import SQL

/// `domain-with-constraint`
struct DomainWithConstraint: StatementRule {
  let about = RuleDescription(
    name: "domain-with-constraint",
    severity: .advice,
    evidence: [.ast],
    summary: "Domain with a constraint",
    why: "to add a column of it rewrites the table, and to change its constraint reads every table that uses it",
    explanation: """
      A check on the column says the same, and changes in one table at a time. A column of a domain with a constraint \
      makes `ADD COLUMN` a rewrite even with a constant default (measured).
      """,
    bad: """
      create domain public.email as text check (value like '%@%');
      """,
    good: """
      create domain public.email as text;
      """,
    source: "https://www.postgresql.org/docs/15/sql-createdomain.html; measured",
    others: [.squawk: ["ban-create-domain-with-constraint"], .pgfence: ["ban-create-domain-with-constraint"]]
  )

  var statementKinds: Syntax.Kinds { .createDomain }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createDomain(let create) = statement.syntax, !create.constraints.isEmpty else { return [] }
    let name = context.declared.resolve(create.name)
    return [
      context.issue(
        "domain \(name) has a constraint", at: statement.range, object: ObjectName(name),
        fix: .init(text: "put the check on the columns"))
    ]
  }
}
