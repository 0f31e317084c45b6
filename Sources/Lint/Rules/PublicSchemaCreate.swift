internal import SQL
internal import Schema

/// `public-schema-create`
struct PublicSchemaCreate: StatementRule {
  let about = RuleDescription(
    name: "public-schema-create",
    severity: .advice,
    evidence: [.ast],
    summary: "Right to create objects in public that everyone has",
    why: "whoever can connect can put a function in the place of one that others call without its schema",
    explanation: """
      PostgreSQL 15 no longer gives `CREATE` on `public` to everyone (CVE-2018-1058). A migration that grants it does so \
      again.
      """,
    bad: """
      grant create on schema public to public;
      """,
    good: """
      revoke create on schema public from public;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-schemas.html#DDL-SCHEMAS-PATTERNS"
  )

  var statementKinds: Syntax.Kinds { .grant }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .grant(let grant) = statement.syntax, grant.isGrant, grant.objectKind == .schema,
      grant.objects.contains(where: { $0.name.name == "public" }), grant.grantees.contains(.everyone),
      grant.privileges.isEmpty || grant.privileges.contains(where: { $0.name == "create" })
    else { return [] }
    return [
      context.issue(
        "everyone may create objects in public", at: statement.range, object: ObjectName(schema: "public"),
        fix: .init(text: "grant create to the roles that need it"))
    ]
  }
}
