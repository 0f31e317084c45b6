internal import SQL
internal import Schema

/// `drop-unique-index`
struct DropUniqueIndex: StatementRule {
  let about = RuleDescription(
    name: "drop-unique-index",
    severity: .warning,
    evidence: [.ast],
    summary: "Dropped unique index",
    why: "rows that it kept apart can be equal from now on, and upserts that name its columns fail",
    explanation: """
      That an index is unique has to be known, from a file that makes it or from the shadow's catalog. One that the \
      file makes anew, or that the pending migrations made themselves, is left alone.
      """,
    bad: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        """
        create table if not exists public.customers (id bigint primary key, email text);
        create unique index if not exists customers_email_idx on public.customers (email);
        """
      ),
      ("supabase/migrations/20260102030406_drop.sql", "drop index if exists public.customers_email_idx;"),
    ]),
    good: """
      create unique index if not exists customers_email_idx on public.customers (email);
      """,
    source: "https://www.postgresql.org/docs/15/indexes-unique.html",
    others: [.atlas: ["CD101"]]
  )

  var statementKinds: Syntax.Kinds { .drop }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .drop(let drop) = statement.syntax, drop.kind == .index else { return [] }
    return drop.objects.compactMap { object in
      guard let (table, index) = find(object.name, context), index.isUnique,
        !context.isMadeAnewLater(ObjectKey(kind: .index, name: QualifiedName(schema: table.schema, name: index.name)))
      else { return nil }
      return context.issue(
        "drops unique index \(Quoting.identifier(index.name)) of \(table)",
        at: statement.range,
        object: ObjectName(table),
        fix: .init(text: "say in a suppression's reason why equal rows are welcome"))
    }
  }

  private func find(
    _ name: Syntax.QualifiedName, _ context: StatementContext
  ) -> (table: QualifiedName, index: IndexShape)? {
    let declared = context.declared.table(ofIndex: name)
    for (shape, table) in [(context.declared.shape, declared), (context.before, context.before?.table(ofIndex: name))] {
      guard let shape, let table else { continue }
      if let index = shape.tables[table]?.indexes.first(where: { $0.name == name.name }) { return (table, index) }
    }
    return nil
  }
}
