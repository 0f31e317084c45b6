internal import SQL
internal import Schema

/// `create-index-not-concurrent`
struct CreateIndexNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "create-index-not-concurrent",
    severity: .warning,
    evidence: [.ast, .trace],
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
      .squawk: ["require-concurrent-index-creation"], .languageServer: ["requireConcurrentIndexCreation"],
      .pgfence: ["create-index-not-concurrent"], .eugene: ["E6"], .atlas: ["PG101"],
      .strongMigrations: ["add_index", "add_reference"], .djangoMigrationLinter: ["CREATE_INDEX"],
    ]
  )

  var statementKinds: Syntax.Kinds { .createIndex }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createIndex(let create) = statement.syntax, !create.concurrently else { return [] }
    let table = context.declared.resolve(create.table)
    guard !context.declared.isCreatedByPendingFiles(table) else { return [] }
    let name = create.name.map { "index \(Quoting.identifier($0))" } ?? "an index"
    return [
      context.issue(
        "\(name) is built on \(table) while writes to it wait",
        at: statement.range,
        object: ObjectName(table),
        fix: fix(statement, create, on: table, in: context))
    ]
  }

  private func fix(
    _ statement: Statement, _ create: Syntax.CreateIndex, on table: QualifiedName, in context: StatementContext
  ) -> Issue.Fix {
    let text = "create index concurrently …, in a migration of its own"
    let word = context.file.words(of: statement).first { $0.text == "index" }
    // PostgreSQL builds none on a partitioned table concurrently: each partition's first, then the table's own.
    guard let word, !context.declared.isPartitioned(table) else { return .init(text: text) }
    let edit = Issue.Edit(range: word.range.upperBound..<word.range.upperBound, newText: " concurrently")
    if context.file.statements.count == 1 { return .withoutTransaction(edit, text: text, in: context) }
    if context.file.hasDirective { return .init(text: text, edits: [edit]) }
    // What follows may need the index: by its name, or, when it is unique, as a key.
    let words = [create.name].compactMap(\.self) + (create.isUnique || create.name == nil ? [create.table.name] : [])
    guard context.isIndependentOfSession, !context.isNeededLater(statement, asAnyOf: words) else {
      return .init(text: text)
    }
    let name = create.name ?? "index_\(create.table.name)"
    return .moving(
      statement, to: "build_\(FileNameFormat.slug(of: name, default: "index"))", with: edit, text: text, in: context)
  }
}
