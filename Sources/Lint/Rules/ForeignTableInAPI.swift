internal import SQL
internal import Schema

/// `foreign-table-in-api`
struct ForeignTableInAPI: StatementRule {
  let about = RuleDescription(
    name: "foreign-table-in-api",
    severity: .warning,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Foreign table in an API schema",
    why: "row security cannot be had on it: every client reads all that the other server shows",
    explanation: """
      Make it in a schema that the API does not serve, or revoke it from `anon` and `authenticated` in the same file.
      """,
    bad: """
      create foreign table public.remote_orders (id bigint) server shop;
      """,
    good: """
      create foreign table private.remote_orders (id bigint) server shop;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0017_foreign_table_in_api",
    others: [.splinter: ["0017_foreign_table_in_api"]]
  )

  var statementKinds: Syntax.Kinds { .createTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createTable(let create) = statement.syntax, create.foreignServer != nil else { return [] }
    let table = context.declared.resolve(create.name)
    let isRevoked = context.later(about: table.name).contains { later in
      guard case .grant(let grant) = later.syntax, !grant.isGrant else { return false }
      return grant.objects.contains { context.declared.resolve($0.name) == table }
    }
    guard context.configuration.apiSchemas.contains(table.schema), !isRevoked else { return [] }
    return [
      context.issue(
        "foreign table \(table) can be read by every client",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "revoke all on \(table) from anon, authenticated;"))
    ]
  }
}
