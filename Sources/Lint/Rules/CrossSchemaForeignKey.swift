internal import SQL
internal import Schema

/// `cross-schema-fk`
struct CrossSchemaForeignKey: CatalogRule {
  let about = RuleDescription(
    name: "cross-schema-fk",
    severity: .advice,
    evidence: [.catalog, .ast],
    summary: "Foreign key to a table of another schema",
    why: "neither schema can be dumped, restored or moved without the other",
    explanation: """
      Schemas that the platform manages, `auth` above all, are there to be referred to and are left alone.
      """,
    bad: """
      create table billing.invoices (
        id bigint primary key,
        customer_id bigint references public.customers (id) on delete cascade
      );
      """,
    good: """
      create table billing.invoices (
        id bigint primary key,
        user_id uuid references auth.users (id) on delete cascade
      );
      """,
    source: "https://www.postgresql.org/docs/15/ddl-schemas.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.tables.flatMap { table in
      table.foreignKeys.compactMap { key in
        guard key.referencedTable.schema != table.name.schema,
          !context.configuration.profile.isPlatform(key.referencedTable.schema),
          let place = context.place(of: key, of: table)
        else { return nil }
        return context.issue(
          on: table, part: key.columns.joined(separator: ", "), at: place,
          "\(table.name) refers to \(key.referencedTable) in another schema",
          fix: .init(text: "keep what belongs together in one schema"))
      }
    }
  }
}
