internal import SQL
internal import Schema

/// `ownership-mixed`
struct OwnershipMixed: CatalogRule {
  let about = RuleDescription(
    name: "ownership-mixed",
    severity: .advice,
    evidence: [.catalog, .ast],
    summary: "Table that belongs to another role than the tables beside it",
    why: "only its owner may change a table, so that one day a migration of the whole schema stops half-way",
    explanation: """
      Compared are the tables of one schema, without partitions. Where a role is to use a table, grant it what it needs. \
      Without a shadow, tables belong to whoever the migrations run as until a file says otherwise.
      """,
    bad: """
      create table public.customers (id bigint primary key);
      create table public.invoices (id bigint primary key);
      alter table public.invoices owner to billing;
      """,
    good: """
      create table public.customers (id bigint primary key);
      create table public.invoices (id bigint primary key);
      grant select, insert on public.invoices to billing;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-priv.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    let tables = Dictionary(grouping: context.tables.lazy.filter { !$0.isPartition }, by: \.name.schema)
    // Of two as frequent, whoever the migrations run as.
    let owners = tables.mapValues { tables in
      Dictionary(tables.lazy.map { ($0.owner, 1) }, uniquingKeysWith: +)
        .max { ($0.value, $1.key ?? "") < ($1.value, $0.key ?? "") }
    }
    return context.changedTables.compactMap { table, place in
      guard !table.isPartition, let usual = owners[table.name.schema] ?? nil else { return nil }
      guard usual.key != table.owner else { return nil }
      let owner = table.owner ?? "whoever runs the migrations"
      let other = usual.key ?? "whoever runs the migrations"
      return context.issue(
        on: table, at: place, "\(table.name) belongs to \(owner), and most tables of its schema to \(other)",
        fix: .init(text: "alter table \(table.name) owner to \(usual.key.map { Quoting.identifier($0) } ?? "…");"))
    }
  }
}
