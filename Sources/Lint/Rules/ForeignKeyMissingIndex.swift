internal import SQL
internal import Schema

/// `fk-missing-index`
struct ForeignKeyMissingIndex: CatalogRule {
  let about = RuleDescription(
    name: "fk-missing-index",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Foreign key without an index on its columns",
    why: "each delete or key change in the referenced table scans this whole table, and so does the usual join",
    explanation: """
      PostgreSQL indexes the referenced side of a foreign key, never the referring side. When a row of the referenced \
      table is deleted, or its key changes, the rows that refer to it have to be found, and without an index that is \
      a scan of the whole table for every such row.

      An index serves when its first columns are the key's columns, in whichever order, and it is a valid B-tree or \
      hash index without a WHERE clause. The index of a primary key or unique constraint serves as well.
      """,
    bad: """
      create table public.invoices (
        id bigint primary key,
        customer_id bigint not null references public.customers (id) on delete cascade
      );
      """,
    good: """
      create table public.invoices (
        id bigint primary key,
        customer_id bigint not null references public.customers (id) on delete cascade
      );
      create index if not exists invoices_customer_id_idx on public.invoices (customer_id);
      """,
    source: "https://www.postgresql.org/docs/15/ddl-constraints.html#DDL-CONSTRAINTS-FK",
    others: [.pgfence: ["fk-missing-index"], .eugene: ["E15"], .splinter: ["0001_unindexed_foreign_keys"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.tables.flatMap { table in
      table.foreignKeys.compactMap { key in
        guard !key.columns.isEmpty, let place = context.place(of: key, of: table),
          !table.indexes.contains(where: { Self.serves($0, key) }), !context.mayBeHidden("index", of: table)
        else { return nil }
        return issue(key, table, place, context)
      }
    }
  }

  private static func serves(_ index: IndexShape, _ key: ForeignKeyShape) -> Bool {
    index.isValid && !index.isPartial && index.findsEquals
      && index.leadingColumns.count >= key.columns.count
      && Set(index.leadingColumns.prefix(key.columns.count)) == Set(key.columns)
  }

  /// As PostgreSQL would name it, within the 63 bytes that a name may have.
  private static func indexName(_ stem: String) -> String {
    String(decoding: stem.utf8.prefix(59), as: UTF8.self).replacing("\u{FFFD}", with: "") + "_idx"
  }

  private func issue(
    _ key: ForeignKeyShape, _ table: TableShape, _ place: Place, _ context: CatalogContext
  ) -> Issue {
    let name = Quoting.identifier(Self.indexName(([table.name.name] + key.columns).joined(separator: "_")))
    let columns = key.columns.map { Quoting.identifier($0) }.joined(separator: ", ")
    let target = "\(name) on \(table.name) (\(columns));"
    let message = "foreign key \(table.name) (\(columns)) to \(key.referencedTable) has no index"
    let fix: Issue.Fix
    if context.isCreatedByPendingFiles(table) {
      let statement = "create index if not exists \(target)"
      fix = .init(text: statement, edits: context.insertion(of: statement, after: place))
    } else {
      fix = .init(text: "in a migration of its own: create index concurrently if not exists \(target)")
    }
    return context.issue(on: table, part: key.columns.joined(separator: ", "), at: place, message, fix: fix)
  }
}
