internal import SQL

/// `fk-type-mismatch`
struct ForeignKeyTypeMismatch: CatalogRule {
  let about = RuleDescription(
    name: "fk-type-mismatch",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Foreign key of another type than what it refers to",
    why: "the narrower of the two runs out first, and comparing them may pass the index by",
    explanation: """
      An `integer` that refers to a `bigint` fails once the keys grow past two thousand million. Both types have to be \
      known; `text` and `varchar` count as one.
      """,
    bad: """
      create table public.customers (id bigint primary key);
      create table public.invoices (
        id bigint primary key,
        customer_id integer references public.customers (id) on delete cascade
      );
      """,
    good: """
      create table public.customers (id bigint primary key);
      create table public.invoices (
        id bigint primary key,
        customer_id bigint references public.customers (id) on delete cascade
      );
      """,
    source: "https://www.postgresql.org/docs/15/ddl-constraints.html#DDL-CONSTRAINTS-FK"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.tables.flatMap { table in
      table.foreignKeys.flatMap { key -> [Issue] in
        guard let place = context.place(of: key, of: table), let parent = context.shape.tables[key.referencedTable]
        else { return [] }
        let referenced = key.referencedColumns.isEmpty ? parent.primaryKey?.columns ?? [] : key.referencedColumns
        return zip(key.columns, referenced).compactMap { name, referencedName in
          guard let column = table.column(name), let other = parent.column(referencedName), !column.type.isEmpty,
            !other.type.isEmpty, Self.group(column.type) != Self.group(other.type)
          else { return nil }
          return context.issue(
            on: table, part: name, at: place,
            "\(table.name).\(Quoting.identifier(name)) is \(column.type), what it refers to \(other.type)",
            fix: .init(text: "make it \(other.type)"))
        }
      }
    }
  }

  private static func group(_ type: String) -> String { type == "character varying" ? "text" : type }
}
