internal import SQL
internal import Schema

/// `domain-constraint-scan`
struct DomainConstraintScan: StatementRule {
  let about = RuleDescription(
    name: "domain-constraint-scan",
    severity: .warning,
    evidence: [.ast],
    summary: "Constraint added to a domain without NOT VALID",
    why: "every table that uses the domain is read while its writers wait",
    explanation: """
      `ALTER DOMAIN … ADD CONSTRAINT` and `SET NOT NULL` take SHARE on each table with a column of the domain and read \
      all of it (measured). A check can be added `NOT VALID` and validated in the next migration; NOT NULL cannot. \
      Domains that the pending migrations create are left alone.
      """,
    bad: """
      alter domain public.email add constraint email_has_at check (value like '%@%');
      """,
    good: """
      alter domain public.email add constraint email_has_at check (value like '%@%') not valid;
      """,
    source: "https://www.postgresql.org/docs/15/sql-alterdomain.html; measured",
    others: [.squawk: ["ban-alter-domain-with-add-constraint"], .pgfence: ["ban-alter-domain-add-constraint"]]
  )

  var statementKinds: Syntax.Kinds { .alterDomain }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterDomain(let alter) = statement.syntax else { return [] }
    let domain = context.declared.resolve(alter.name)
    guard !context.declared.isCreatedByPendingFiles(ObjectKey(kind: .domain, name: domain)) else { return [] }
    let end = statement.range.upperBound
    switch alter.action {
    case .addConstraint(let constraint) where !constraint.isNotValid && constraint.kind == .check:
      return [
        context.issue(
          "a constraint of domain \(domain) is checked in every table that uses it",
          at: statement.range,
          object: ObjectName(domain),
          fix: .init(
            text: "add it not valid, and validate it in the next migration",
            edits: [.init(range: end..<end, newText: " not valid")]))
      ]
    case .setNotNull:
      return [
        context.issue(
          "NOT NULL of domain \(domain) is checked in every table that uses it",
          at: statement.range,
          object: ObjectName(domain),
          fix: .init(text: "add a check (value is not null) not valid instead, and validate it in the next migration"))
      ]
    default:
      return []
    }
  }
}
