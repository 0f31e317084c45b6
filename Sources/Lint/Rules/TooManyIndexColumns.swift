internal import SQL

/// `too-many-index-columns`
struct TooManyIndexColumns: StatementRule {
  let about = RuleDescription(
    name: "too-many-index-columns",
    severity: .advice,
    evidence: [.ast],
    summary: "Index on more than three columns",
    why: "it is large and slow to keep, and the columns after the third rarely narrow a search any further",
    explanation: """
      Columns that are only to be read belong into `INCLUDE`. Unique indexes, and methods for many columns (GIN, GiST, \
      BRIN, bloom), are left alone.
      """,
    bad: """
      create index if not exists notes_idx on public.notes (owner, folder, kind, created_at);
      """,
    good: """
      create index if not exists notes_idx on public.notes (owner, folder) include (kind, created_at);
      """,
    source: "https://www.postgresql.org/docs/15/indexes-multicolumn.html",
    others: [.strongMigrations: ["add_index_columns"]]
  )

  var statementKinds: Syntax.Kinds { .createIndex }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createIndex(let create) = statement.syntax, !create.isUnique, create.method == "btree",
      create.elements.count > 3
    else { return [] }
    let table = context.declared.resolve(create.table)
    return [
      context.issue(
        "an index on \(table) has \(create.elements.count) columns", at: statement.range, object: ObjectName(table),
        fix: .init(text: "keep those that queries search by, and include the others"))
    ]
  }
}
