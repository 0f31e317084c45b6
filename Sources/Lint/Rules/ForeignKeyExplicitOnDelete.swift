internal import SQL

/// `fk-explicit-on-delete`
struct ForeignKeyExplicitOnDelete: StatementRule {
  let about = RuleDescription(
    name: "fk-explicit-on-delete",
    severity: .warning,
    evidence: [.ast],
    summary: "Foreign key that does not say what a delete does",
    why: "nobody can see whether it was decided that such a delete fails, or forgotten",
    explanation: """
      Say it at each foreign key: `on delete cascade` where the rows are part of what they refer to, `restrict` or \
      `no action` where they must stop the delete, `set null` where they outlive it.

      This can only be seen in the file: PostgreSQL's catalog holds the same for a clause that was left out and for \
      `no action` (measured).
      """,
    bad: """
      create table public.invoices (
        id bigint primary key,
        customer_id bigint references public.customers (id)
      );
      """,
    good: """
      create table public.invoices (
        id bigint primary key,
        customer_id bigint references public.customers (id) on delete restrict
      );
      """,
    source: "https://www.postgresql.org/docs/15/ddl-constraints.html#DDL-CONSTRAINTS-FK"
  )

  var statementKinds: Syntax.Kinds { [.createTable, .alterTable] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let (name, constraints) = statement.syntax.addedConstraints else { return [] }
    let table = context.declared.resolve(name)
    return constraints.compactMap { constraint in
      guard constraint.kind == .foreignKey, let reference = constraint.reference, reference.onDelete == nil
      else { return nil }
      let columns = constraint.columns.map { Quoting.identifier($0) }.joined(separator: ", ")
      return context.issue(
        "foreign key \(table) (\(columns)) to \(reference.table) does not say ON DELETE",
        at: constraint.range,
        object: ObjectName(table, part: constraint.columns.joined(separator: ", ")),
        fix: .init(text: "add on delete cascade, restrict, set null or no action"))
    }
  }
}

extension Syntax {
  /// The constraints that the statement makes, and on which table.
  var addedConstraints: (table: QualifiedName, constraints: [Constraint])? {
    switch self {
    case .createTable(let create):
      return (create.name, create.allConstraints)
    case .alterTable(let alter):
      let constraints = alter.commands.flatMap { command -> [Constraint] in
        switch command.action {
        case .addColumn(let column, _): column.constraints
        case .addConstraint(let constraint): [constraint]
        default: []
        }
      }
      return (alter.name, constraints)
    default:
      return nil
    }
  }
}
