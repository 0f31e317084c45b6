internal import SQL

/// `reindex-not-concurrent`
struct ReindexNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "reindex-not-concurrent",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "REINDEX without CONCURRENTLY",
    why: "writes to the table wait until the index is built, and so do reads that would use it",
    explanation: """
      `REINDEX` takes SHARE on the table and ACCESS EXCLUSIVE on each index, one after the other. `REINDEX … \
      CONCURRENTLY` builds a new index beside the old one. It cannot run in a transaction. `REINDEX SYSTEM` has no such \
      form and is left alone, and so are tables that the pending migrations create.
      """,
    bad: """
      reindex table public.customers;
      """,
    good: """
      reindex table concurrently public.customers;
      """,
    source: "https://www.postgresql.org/docs/15/sql-reindex.html#SQL-REINDEX-CONCURRENTLY; measured",
    others: [
      .squawk: ["require-concurrent-reindex"], .languageServer: ["requireConcurrentReindex"],
      .pgfence: ["reindex-non-concurrent"], .djangoMigrationLinter: ["REINDEX"],
    ]
  )

  var statementKinds: Syntax.Kinds { .maintenance }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .maintenance(let maintenance) = statement.syntax,
      case .reindex(let target, concurrently: false) = maintenance.command, target != .system
    else { return [] }
    if target == .table, let table = maintenance.relations.first, context.existingTable(table) == nil { return [] }
    let text = "reindex … concurrently, in a migration of its own"
    var fix = Issue.Fix(text: text)
    // Options in parentheses end the words before the target.
    if context.file.statements.count == 1,
      let word = context.file.words(of: statement).first(where: {
        ["index", "table", "schema", "database"].contains($0.text)
      })
    {
      let end = word.range.upperBound
      fix = .withoutTransaction(.init(range: end..<end, newText: " concurrently"), text: text, in: context)
    }
    let subject = maintenance.relations.first.map { " of \($0)" } ?? ""
    return [
      context.issue(
        "indexes\(subject) are rebuilt while writes wait",
        at: statement.range,
        fix: fix)
    ]
  }
}
