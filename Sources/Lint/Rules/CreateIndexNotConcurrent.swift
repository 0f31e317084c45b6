internal import SQL
internal import Schema

/// `create-index-not-concurrent`
struct CreateIndexNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "create-index-not-concurrent",
    severity: .warning,
    evidence: [.ast],
    summary: "Index built on an existing table without CONCURRENTLY",
    why: "every write to the table waits until the index is built",
    explanation: """
      `CREATE INDEX` takes a SHARE lock: reads go on, inserts, updates and deletes wait, for as long as the build \
      takes. `CREATE INDEX CONCURRENTLY` builds without it. It cannot run in a transaction, so it belongs into a \
      migration of its own.

      Tables that the pending migrations themselves create are empty and unknown to any client, and are left alone.
      """,
    bad: """
      create index if not exists customers_email_idx on public.customers (email);
      """,
    good: """
      create index concurrently if not exists customers_email_idx on public.customers (email);
      """,
    source: "https://www.postgresql.org/docs/15/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    others: [
      .squawk: ["require-concurrent-index-creation"], .eugene: ["E6"], .atlas: ["PG101"],
      .strongMigrations: ["add_index"],
    ]
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createIndex(let create) = statement.syntax, !create.concurrently else { return [] }
    let table = context.declared.resolve(create.table)
    guard !context.declared.isCreatedByPendingFiles(table) else { return [] }
    var edits: [Issue.Edit] = []
    // Among other statements it would tear their transaction apart.
    if context.file.statements.count == 1,
      let word = context.file.words(of: statement).first(where: { $0.text == "index" })
    {
      edits = [.init(range: word.range.upperBound..<word.range.upperBound, newText: " concurrently")]
    }
    let name = create.name.map { "index \(Quoting.identifier($0))" } ?? "an index"
    return [
      context.issue(
        "\(name) is built on \(table) while writes to it wait",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "create index concurrently …, in a migration of its own", edits: edits))
    ]
  }
}
