internal import Basics
internal import SQL
internal import Schema

/// `invalid-index`
struct InvalidIndex: CatalogRule, TraceRule {
  let about = RuleDescription(
    name: "invalid-index",
    severity: .error,
    evidence: [.catalog, .ast, .statistics],
    summary: "Index that is INVALID after the last migration",
    why: "it is written with every row and no query uses it; a unique one does not keep values apart in all rows",
    explanation: """
      `CREATE INDEX ON ONLY` a partitioned table makes an index that is INVALID until an index of each partition has been \
      attached (`ALTER INDEX … ATTACH PARTITION`). And a `CREATE INDEX CONCURRENTLY` that fails leaves one behind, which \
      `IF NOT EXISTS` then takes for the index: such an index on the target, of a table that pending migrations change, \
      is a warning.
      """,
    bad: """
      create table public.events (id bigint, at timestamptz not null, primary key (id, at)) partition by range (at);
      create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
      create index events_at_idx on only public.events (at);
      """,
    good: """
      create table public.events (id bigint, at timestamptz not null, primary key (id, at)) partition by range (at);
      create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
      create index events_2026_at_idx on public.events_2026 (at);
      create index events_at_idx on only public.events (at);
      alter index public.events_at_idx attach partition public.events_2026_at_idx;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE; "
      + "https://www.postgresql.org/docs/15/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.flatMap { table, place -> [Issue] in
      let declared = context.declared.shape.tables[table.name]?.indexes ?? []
      return table.indexes.filter { !$0.isValid }.compactMap { index in
        guard let made = declared.first(where: { $0.name == index.name })?.place else { return nil }
        return context.issue(
          on: table, part: index.name, at: made,
          "index \(Quoting.identifier(index.name)) of \(table.name) is INVALID after the last migration",
          fix: .init(text: "attach an index of each partition, or build it without ONLY"))
      }
    }
  }

  func check(_ context: TraceContext) -> [Issue] {
    context.tablesWithStatistics.flatMap { statement, table, statistics -> [Issue] in
      statistics.indexes.filter { !$0.isValid && !context.isDropped(index: $0.name, inSchema: table.schema) }.map {
        let name = QualifiedName(schema: table.schema, name: $0.name)
        var issue = context.statisticsIssue(
          "index \(Quoting.identifier($0.name)) of \(table.sql) is INVALID on the target", at: statement, about: table,
          fix: "drop index concurrently if exists \(name);, and build it again, in migrations of their own")
        issue.severity = .warning
        return issue
      }
    }
  }
}
