/// `require-primary-key`
struct RequirePrimaryKey: CatalogRule {
  let about = RuleDescription(
    name: "require-primary-key",
    severity: .error,
    evidence: [.catalog, .ast],
    summary: "Table without a primary key",
    why: "rows cannot be told apart: no upsert, no safe update of one row, no logical replication of changes",
    explanation: """
      Every table needs a primary key. Without one, two equal rows cannot be told apart, Supabase Realtime and every \
      other reader of logical replication cannot say which row was changed, and the API has no path to one row. A \
      table that only links two others takes both columns as its key.

      Partitions are judged with their partitioned table.
      """,
    bad: """
      create table public.customers (
        id bigint generated always as identity,
        name text not null
      );
      """,
    good: """
      create table public.customers (
        id bigint generated always as identity primary key,
        name text not null
      );
      """,
    source: "https://www.postgresql.org/docs/15/logical-replication-publication.html (replica identity)",
    others: [.splinter: ["0004_no_primary_key"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard table.primaryKey == nil, !table.isPartition, !table.mayHaveMoreKeys,
        !context.mayBeHidden("primary key", of: table)
      else { return nil }
      let fix =
        table.column("id") != nil
        ? "alter table \(table.name) add primary key (id);"
        : "alter table \(table.name) add column id bigint generated always as identity primary key;"
      return context.issue(
        on: table, at: place, "table \(table.name) has no primary key",
        fix: .init(text: fix))
    }
  }
}
