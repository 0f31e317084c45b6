internal import SQL

/// `require-table-comment`
struct RequireTableComment: CatalogRule {
  let about = RuleDescription(
    name: "require-table-comment",
    severity: .advice,
    evidence: [.catalog, .ast],
    summary: "Table without a comment",
    why: "whoever meets the table in a client, an API schema or a dump cannot see what it is for",
    explanation: """
      A comment stands where the table is: in `\\d+`, in the dashboard, in the API's OpenAPI description and in every \
      dump. One sentence on what a row is, is enough.

      Partitions are judged with their partitioned table.
      """,
    bad: """
      create table public.customers (id bigint primary key);
      """,
    good: """
      create table public.customers (id bigint primary key);
      comment on table public.customers is 'People and companies that invoices are sent to';
      """,
    source: "https://www.postgresql.org/docs/15/sql-comment.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard (table.comment ?? "").isEmpty, !table.isPartition, !context.mayBeHidden("comment", of: table)
      else { return nil }
      return context.issue(
        on: table, at: place, "table \(table.name) has no comment",
        fix: .init(text: "comment on table \(table.name) is '…';"))
    }
  }
}
