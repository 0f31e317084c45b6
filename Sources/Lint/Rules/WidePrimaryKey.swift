internal import SQL

/// `wide-pk`
struct WidePrimaryKey: CatalogRule {
  let about = RuleDescription(
    name: "wide-pk",
    severity: .advice,
    evidence: [.catalog, .ast],
    summary: "Primary key of more than four columns",
    why: "whatever refers to a row has to carry all of them, in every table and every index",
    explanation: """
      Give the table a key of one column, and keep the others apart with a unique constraint.
      """,
    bad: """
      create table public.prices (
        shop int, product int, country int, currency int, valid_from date,
        primary key (shop, product, country, currency, valid_from)
      );
      """,
    good: """
      create table public.prices (id bigint primary key, shop int, product int, unique (shop, product));
      """,
    source: "https://www.postgresql.org/docs/15/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard let key = table.primaryKey, key.columns.count > 4, !table.isPartition else { return nil }
      return context.issue(
        on: table, at: place, "the primary key of \(table.name) has \(key.columns.count) columns",
        fix: .init(text: "give it a key of one column, and a unique constraint on these"))
    }
  }
}
