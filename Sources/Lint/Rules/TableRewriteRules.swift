internal import Basics
internal import SQL

/// `add-column-rewrite`, `alter-type-rewrite`, `other-table-rewrite`
struct TableRewrite: TraceRule {
  let about: RuleDescription
  private let cause: Cause

  private enum Cause {
    case newColumn, newType, other
  }

  static let newColumn = TableRewrite(
    cause: .newColumn,
    about: RuleDescription(
      name: "add-column-rewrite",
      severity: .warning,
      evidence: [.trace],
      summary: "New column for which the whole table is written anew",
      why: "nobody reads or writes the table until every row and every index has been written again",
      explanation: """
        A constant default costs nothing: it is kept once. A volatile default, `serial`, `generated … as identity`, a \
        stored generated column and a domain with a constraint are worked out for each row. Add the column without it, \
        fill it by key range in short transactions, then set the default.

        Seen on the shadow: the table has got another file.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.customers add column number bigserial;")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], rewritten: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.customers add column number bigint default 0;")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES"))

  static let newType = TableRewrite(
    cause: .newType,
    about: RuleDescription(
      name: "alter-type-rewrite",
      severity: .error,
      evidence: [.trace],
      summary: "New type of a column for which the whole table is written anew",
      why: "nobody reads or writes the table until every row and every index has been written again",
      explanation: """
        Widening a `varchar`, dropping its length and a few more changes keep the table's file; every other one writes \
        it anew. Add a column of the new type, keep both in step with a trigger, fill it by key range, swap the names in \
        one short transaction, and drop the old column with the next release.

        Seen on the shadow: the table has got another file.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.customers alter column id type bigint;")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], rewritten: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.customers alter column name type varchar(200);")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES"))

  static let other = TableRewrite(
    cause: .other,
    about: RuleDescription(
      name: "other-table-rewrite",
      severity: .warning,
      evidence: [.trace],
      summary: "Table that is written anew",
      why: "nobody reads or writes the table until every row and every index has been written again",
      explanation: """
        `SET LOGGED`, `SET UNLOGGED`, `SET TABLESPACE`, `SET ACCESS METHOD`, `CLUSTER` and `VACUUM FULL` write the table \
        anew, and so may code that a `do` block runs. There is no way to do it while others work, but to fill a new \
        table beside the old one.

        Seen on the shadow: the table has got another file. A materialized view that is refreshed is left alone.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.customers set unlogged;")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], rewritten: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.customers set (fillfactor = 80);")],
        traces: [.init(statement: 0, locks: [("customers", .shareUpdateExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html"))

  private init(cause: Cause, about: RuleDescription) {
    self.cause = cause
    self.about = about
  }

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace in
      guard Self.cause(of: statement) == cause else { return [Issue]() }
      return trace.rewritten.filter { $0.kind == .table }.map { table in
        context.issue("\(table.sql) is written anew, with its indexes", at: statement, about: table)
      }
    }
  }

  private static func cause(of statement: Statement) -> Cause {
    guard case .alterTable(let alter) = statement.syntax else { return .other }
    let causes = alter.commands.map { command -> Cause in
      switch command.action {
      case .alterColumnType: .newType
      case .addColumn: .newColumn
      default: .other
      }
    }
    return causes.contains(.newType) ? .newType : causes.contains(.newColumn) ? .newColumn : .other
  }
}
