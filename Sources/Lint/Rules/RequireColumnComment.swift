internal import SQL

/// `require-column-comment`
struct RequireColumnComment: CatalogRule {
  let about = RuleDescription(
    name: "require-column-comment",
    severity: .off,
    evidence: [.catalog, .ast],
    summary: "Table with columns that have no comment",
    why: "a name alone rarely says the unit, the range or what NULL means",
    explanation: """
      Off unless it is configured. `id`, `created_at`, `updated_at` and columns that refer to another table need none. \
      One finding a table.
      """,
    bad: """
      create table public.parcels (id bigint primary key, weight int);
      """,
    good: """
      create table public.parcels (id bigint primary key, weight int);
      comment on column public.parcels.weight is 'In grams, packaging included';
      """,
    source: "https://www.postgresql.org/docs/15/sql-comment.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard !table.isPartition, !context.mayBeHidden("comment", of: table) else { return nil }
      let keys = Set(table.foreignKeys.flatMap(\.columns))
      let bare = table.columns.filter { column in
        (column.comment ?? "").isEmpty && !["id", "created_at", "updated_at"].contains(column.name)
          && !keys.contains(column.name)
      }
      guard let first = bare.first else { return nil }
      let more = bare.count > 1 ? " and \(bare.count - 1) more" : ""
      return context.issue(
        on: table, at: place, "column \(Quoting.identifier(first.name))\(more) of \(table.name) has no comment",
        fix: .init(text: "comment on column \(table.name).\(Quoting.identifier(first.name)) is '…';"))
    }
  }
}
