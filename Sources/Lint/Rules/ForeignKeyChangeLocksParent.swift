internal import Basics
internal import SQL
internal import Schema

/// `fk-change-locks-parent`
struct ForeignKeyChangeLocksParent: TraceRule {
  let about = RuleDescription(
    name: "fk-change-locks-parent",
    severity: .advice,
    evidence: [.trace],
    summary: "Dropping what refers to a table locks that table too",
    why: "nobody reads the referenced table while the lock is held or waited for",
    explanation: """
      A foreign key is two triggers on the referenced table. Dropping the key, or the table that has it, takes ACCESS \
      EXCLUSIVE on both tables. Give the migration a short `lock_timeout`, and let it do nothing else.

      Seen on the shadow. Only tables count that were there before the pending migrations.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "drop table public.invoices;")],
      traces: [
        .init(
          statement: 0, locks: [("customers", .accessExclusive), ("invoices", .accessExclusive)], dropped: ["invoices"])
      ]),
    good: RuleExample(
      files: [(RuleExample.path, "drop table public.invoices;")],
      traces: [.init(statement: 0, locks: [("invoices", .accessExclusive)], dropped: ["invoices"])]),
    source: "measured: pg_locks on PostgreSQL 15; src/backend/commands/tablecmds.c, ATExecDropConstraint"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace -> [Issue] in
      let locked = trace.locks.filter { $0.mode == .accessExclusive && $0.relation.kind == .table }.map(\.relation)
      let changed: [StatementTrace.Relation]
      switch statement.syntax {
      case .drop(let drop) where drop.kind == .table:
        changed = trace.dropped
      case .alterTable(let alter):
        let drops = alter.commands.contains { command in
          switch command.action {
          case .dropConstraint, .dropColumn: true
          default: false
          }
        }
        changed = drops ? locked.filter { $0.name == alter.name.name } : []
      default:
        return []
      }
      guard !changed.isEmpty else { return [] }
      let parents = locked.filter { !changed.contains($0) && refers(changed, to: $0, context) }
      return parents.map { parent in
        context.issue(
          "ACCESS EXCLUSIVE on \(parent.sql), because \(changed[0].sql) refers to it", at: statement, about: parent)
      }
    }
  }

  /// Whether one of the tables had a foreign key to the other; where nobody knows what there was before, it is believed.
  private func refers(
    _ tables: [StatementTrace.Relation], to parent: StatementTrace.Relation, _ context: TraceContext
  ) -> Bool {
    guard let before = context.before else { return true }
    return tables.contains { table in
      let keys = before.tables[QualifiedName(schema: table.schema, name: table.name)]?.foreignKeys ?? []
      return keys.contains { $0.referencedTable == QualifiedName(schema: parent.schema, name: parent.name) }
    }
  }
}
