/// `updated-at-trigger`
struct UpdatedAtTrigger: CatalogRule {
  let about = RuleDescription(
    name: "updated-at-trigger",
    severity: .advice,
    evidence: [.catalog, .ast],
    summary: "updated_at that no trigger keeps",
    why: "it is right only as long as every client remembers to set it",
    explanation: """
      Any trigger for each row before an update counts. `moddatetime` is an extension that comes with PostgreSQL.
      """,
    bad: """
      create table public.notes (id bigint primary key, updated_at timestamptz not null default now());
      """,
    good: """
      create table public.notes (id bigint primary key, updated_at timestamptz not null default now());
      create trigger set_updated_at before update on public.notes
        for each row execute function extensions.moddatetime(updated_at);
      """,
    source: "https://www.postgresql.org/docs/15/contrib-spi.html (moddatetime)"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard let column = table.column("updated_at"), column.type.hasPrefix("timestamp"), !table.isPartition,
        !table.triggers.contains(where: \.isBeforeUpdate), !context.mayBeHidden("trigger", of: table)
      else { return nil }
      return context.issue(
        on: table, part: "updated_at", at: place, "no trigger keeps updated_at of \(table.name)",
        fix: .init(
          text: """
            create trigger set_updated_at before update on \(table.name)
              for each row execute function extensions.moddatetime(updated_at);
            """))
    }
  }
}
