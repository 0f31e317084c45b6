internal import SQL
internal import Schema

/// `drop-index-not-concurrent`
struct DropIndexNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "drop-index-not-concurrent",
    severity: .warning,
    evidence: [.ast],
    summary: "Index dropped without CONCURRENTLY",
    why: "it takes ACCESS EXCLUSIVE on the table: behind a long query it waits, and everybody else behind it",
    explanation: """
      The drop itself takes no time, the wait for its lock may. `DROP INDEX CONCURRENTLY` waits without standing in the \
      way. It cannot run in a transaction, takes one index at a time and no CASCADE, so it belongs into a migration of \
      its own.

      Indexes of tables that the pending migrations create are left alone, and so are indexes that they build \
      themselves.
      """,
    bad: """
      drop index if exists public.customers_email_idx;
      """,
    good: """
      drop index concurrently if exists public.customers_email_idx;
      """,
    source: "https://www.postgresql.org/docs/15/sql-dropindex.html; measured: ACCESS EXCLUSIVE on table and index",
    others: [
      .squawk: ["require-concurrent-index-deletion"], .languageServer: ["requireConcurrentIndexDeletion"],
      .pgfence: ["drop-index-not-concurrent"], .atlas: ["PG102"], .strongMigrations: ["remove_index"],
      .djangoMigrationLinter: ["DROP_INDEX"],
    ]
  )

  var statementKinds: Syntax.Kinds { .drop }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .drop(let drop) = statement.syntax, drop.kind == .index, !drop.concurrently else { return [] }
    let existing = drop.objects.filter { object in
      if context.declared.isCreatedByPendingFiles(
        ObjectKey(kind: .index, name: context.declared.resolve(object.name)))
      {
        return false
      }
      if drop.ifExists, let before = context.before, !before.hasIndex(object.name) { return false }
      guard let table = context.declared.table(ofIndex: object.name) else { return true }
      return !context.declared.isCreatedByPendingFiles(table)
    }
    guard let index = existing.first else { return [] }
    let table = context.declared.table(ofIndex: index.name)
    let text = "drop index concurrently …, in a migration of its own"
    var fix = Issue.Fix(text: text)
    if context.file.statements.count == 1, drop.objects.count == 1, !drop.cascade,
      let word = context.file.words(of: statement).first(where: { $0.text == "index" })
    {
      let end = word.range.upperBound
      fix = .withoutTransaction(.init(range: end..<end, newText: " concurrently"), text: text, in: context)
    }
    return [
      context.issue(
        "index \(index.name) is dropped under ACCESS EXCLUSIVE on \(table?.description ?? "its table")",
        at: statement.range,
        object: table.map { ObjectName($0) },
        fix: fix)
    ]
  }
}

extension DatabaseShape {
  fileprivate func hasIndex(_ index: Syntax.QualifiedName) -> Bool {
    tables.contains { name, table in
      [nil, name.schema].contains(index.schema) && table.indexes.contains { $0.name == index.name }
    }
  }
}
