internal import SQL
internal import Schema

/// `duplicate-or-redundant-index`
struct RedundantIndex: CatalogRule {
  let about = RuleDescription(
    name: "duplicate-or-redundant-index",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Index of which another one does all the work",
    why: "it takes room and slows down every write, and serves no query that the other does not",
    explanation: """
      A B-tree serves every search by its first columns, so that one on `(a)` is not needed beside one on `(a, b)`, and \
      none twice. A unique index is needed for what it forbids and is never called redundant beside one that is not. \
      Compared are B-trees of plain columns in the usual order, without a WHERE or INCLUDE.
      """,
    bad: """
      create table public.notes (id bigint primary key, owner uuid, created_at timestamptz);
      create index if not exists notes_owner_idx on public.notes (owner);
      create index if not exists notes_owner_created_idx on public.notes (owner, created_at);
      """,
    good: """
      create table public.notes (id bigint primary key, owner uuid, created_at timestamptz);
      create index if not exists notes_owner_created_idx on public.notes (owner, created_at);
      """,
    source: "https://www.postgresql.org/docs/15/indexes-multicolumn.html",
    others: [.splinter: ["0009_duplicate_index"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.tables.flatMap { table -> [Issue] in
      let indexes = table.indexes.filter { $0.plainColumns?.isEmpty == false && $0.isValid }
      return indexes.indices.compactMap { position -> Issue? in
        let index = indexes[position]
        guard
          let cover = indexes.indices.first(where: { other in
            other != position && Self.covers(indexes[other], index, isEarlier: other < position)
          }).map({ indexes[$0] }),
          let place = place(of: index, on: table, context) ?? place(of: cover, on: table, context)
        else { return nil }
        let name = Quoting.identifier(index.name)
        let isNew = self.place(of: index, on: table, context) != nil
        let drop = "drop index concurrently if exists \(Quoting.identifier(table.name.schema)).\(name);"
        return context.issue(
          on: table, at: place,
          "index \(name) of \(table.name) is not needed beside \(Quoting.identifier(cover.name))",
          fix: .init(text: isNew ? "leave it out" : drop))
      }
    }
  }

  private static func covers(_ cover: IndexShape, _ index: IndexShape, isEarlier: Bool) -> Bool {
    guard let wide = cover.plainColumns, let narrow = index.plainColumns, !index.isOfConstraint else { return false }
    if wide == narrow {
      // Of two that are alike, the later one; a unique one is never given up for one that is not.
      if index.isUnique != cover.isUnique { return !index.isUnique }
      return cover.isOfConstraint || isEarlier
    }
    return !index.isUnique && wide.starts(with: narrow)
  }

  private func place(of index: IndexShape, on table: TableShape, _ context: CatalogContext) -> Place? {
    index.place ?? context.declared.shape.tables[table.name]?.indexes.first { $0.name == index.name }?.place
  }
}
