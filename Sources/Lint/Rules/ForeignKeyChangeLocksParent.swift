internal import SQL
internal import Schema

/// `fk-change-locks-parent`
struct ForeignKeyChangeLocksParent: StatementRule {
  let about = RuleDescription(
    name: "fk-change-locks-parent",
    severity: .advice,
    evidence: [.ast],
    summary: "Dropped foreign key, or dropped table with one",
    why: "it takes ACCESS EXCLUSIVE on the table it refers to as well, which may be the busiest of all",
    explanation: """
      The triggers that guard the referenced table go with the foreign key, and that takes ACCESS EXCLUSIVE on it \
      (measured), though nothing in the statement names it. It takes no time, but waits behind every query on that \
      table, with all later ones behind it: set a `lock_timeout`.

      Known are the foreign keys that files add, and those of the shadow's catalog.
      """,
    bad: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        "create table if not exists public.invoices (id bigint primary key);"
      ),
      (
        "supabase/migrations/20260102030406_link.sql",
        """
        alter table public.invoices add constraint customer_fkey
          foreign key (id) references public.customers (id) on delete cascade;
        alter table public.invoices drop constraint customer_fkey;
        """
      ),
    ]),
    good: """
      alter table public.invoices drop constraint if exists amount_positive;
      """,
    source: "measured on PostgreSQL 15: pg_locks of ALTER TABLE … DROP CONSTRAINT and of DROP TABLE"
  )

  var statementKinds: Syntax.Kinds { [.alterTable, .drop] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    switch statement.syntax {
    case .alterTable(let alter):
      let table = context.declared.resolve(alter.name)
      return alter.commands.compactMap { command in
        let dropped: [ForeignKeyShape]
        switch command.action {
        case .dropConstraint(let name, _): dropped = keys(of: table, context).filter { $0.name == name }
        case .dropColumn(let column, _): dropped = keys(of: table, context).filter { $0.columns.contains(column) }
        default: return nil
        }
        return issue(dropped, of: table, at: command.range, context)
      }
    case .drop(let drop) where drop.kind == .table:
      let tables = drop.objects.map { context.declared.resolve($0.name) }
      return tables.compactMap { table in
        issue(
          keys(of: table, context).filter { !tables.contains($0.referencedTable) }, of: table, at: statement.range,
          context)
      }
    default:
      return []
    }
  }

  private func keys(of table: QualifiedName, _ context: StatementContext) -> [ForeignKeyShape] {
    (context.declared.shape.tables[table] ?? context.before?.tables[table])?.foreignKeys ?? []
  }

  private func issue(
    _ keys: [ForeignKeyShape], of table: QualifiedName, at range: Range<Int>, _ context: StatementContext
  ) -> Issue? {
    let parents = keys.map(\.referencedTable).filter { $0 != table && !context.declared.isCreatedByPendingFiles($0) }
    guard let parent = parents.first else { return nil }
    return context.issue(
      "takes ACCESS EXCLUSIVE on \(parent) too, which \(table) refers to",
      at: range,
      object: ObjectName(table),
      fix: .init(text: "set local lock_timeout = '2s'; before it"))
  }
}
