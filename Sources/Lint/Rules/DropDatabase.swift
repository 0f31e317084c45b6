internal import SQL

/// `drop-database`
struct DropDatabase: StatementRule {
  let about = RuleDescription(
    name: "drop-database",
    severity: .error,
    evidence: [.ast],
    summary: "Dropped database",
    why: "everything in it is gone for good",
    explanation: """
      A migration is about the schema of the database that it runs in. Dropping another one is an administrator's \
      decision, made on the server, after a backup.
      """,
    bad: """
      drop database if exists reports;
      """,
    good: """
      create schema if not exists reports;
      """,
    source: "https://www.postgresql.org/docs/15/sql-dropdatabase.html",
    others: [.squawk: ["ban-drop-database"], .languageServer: ["banDropDatabase"], .pgfence: ["drop-database"]]
  )

  var statementKinds: Syntax.Kinds { .cluster }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .cluster(.dropDatabase(let name, _)) = statement.syntax else { return [] }
    return [
      context.issue(
        "drops database \(Quoting.identifier(name))", at: statement.range,
        fix: .init(text: "leave it to an administrator"))
    ]
  }
}
