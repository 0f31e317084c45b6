internal import Basics
internal import SQL

/// `add-column-check-scan`, `alter-type-index-rebuild`, `attach-partition-scan`, `domain-constraint-scan`
struct TableScan: TraceRule {
  let about: RuleDescription
  private let cause: Cause

  private enum Cause {
    case newColumn, newType, partition, domain
  }

  static let newColumn = TableScan(
    cause: .newColumn,
    about: RuleDescription(
      name: "add-column-check-scan",
      severity: .warning,
      evidence: [.trace],
      summary: "New column with a check for which the whole table is read",
      why: "nobody reads or writes the table until every row has been read",
      explanation: """
        Add the column first, which reads nothing, then the check `NOT VALID`, and validate it in the next migration.

        Seen on the shadow: PostgreSQL says that it verifies the table.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.customers add column age int default 1 check (age > 0);")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], scanned: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.customers add column age int default 1;")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES"))

  static let newType = TableScan(
    cause: .newType,
    about: RuleDescription(
      name: "alter-type-index-rebuild",
      severity: .warning,
      evidence: [.trace],
      summary: "New type or collation of a column for which its indexes are built anew",
      why: "nobody reads or writes the table until the indexes have been built again",
      explanation: """
        A change that keeps the rows as they are, of a collation for one, still orders the column otherwise. Build an \
        index for the new order concurrently, where there can be one, and drop the old index first.

        Seen on the shadow: an index has got another file and the table has not.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.customers alter column name type text collate \"C\";")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], indexed: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.customers alter column name type varchar(200);")],
        traces: [.init(statement: 0, locks: [("customers", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES"))

  static let partition = TableScan(
    cause: .partition,
    about: RuleDescription(
      name: "attach-partition-scan",
      severity: .warning,
      evidence: [.trace],
      summary: "Partition that is read as a whole when it is attached",
      why: "nobody reads or writes the new partition until every row has been compared with its bounds",
      explanation: """
        PostgreSQL skips the scan when a valid check implies the bounds. Add one `NOT VALID` with the bounds' condition \
        and `IS NOT NULL`, validate it, attach the table, and drop the check.

        Seen on the shadow: PostgreSQL says that it verifies the table.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.log attach partition public.log_1 for values in (1);")],
        traces: [.init(statement: 0, locks: [("log_1", .accessExclusive)], scanned: ["log_1"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.log attach partition public.log_1 for values in (1);")],
        traces: [.init(statement: 0, locks: [("log_1", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html (ATTACH PARTITION)"))

  static let domain = TableScan(
    cause: .domain,
    about: RuleDescription(
      name: "domain-constraint-scan",
      severity: .warning,
      evidence: [.trace],
      summary: "Constraint of a domain for which every table that uses it is read",
      why: "writes to all those tables wait until every row of them has been read",
      explanation: """
        `ALTER DOMAIN … ADD CONSTRAINT … NOT VALID` reads nothing; `VALIDATE CONSTRAINT` in the next migration reads the \
        tables. `SET NOT NULL` has no such form: add a check instead.

        Seen on the shadow.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter domain public.email add constraint has_at check (value ~ '@');")],
        traces: [.init(statement: 0, locks: [("customers", .share)], scanned: ["customers"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter domain public.email add constraint has_at check (value ~ '@') not valid;")],
        traces: [.init(statement: 0)]),
      source: "https://www.postgresql.org/docs/15/sql-alterdomain.html"))

  private init(cause: Cause, about: RuleDescription) {
    self.cause = cause
    self.about = about
  }

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace in
      guard isCause(statement) else { return [Issue]() }
      let tables = (cause == .newType ? trace.indexed : trace.scanned).filter { !trace.rewritten.contains($0) }
      return tables.map { table in
        let what = cause == .newType ? "indexes of \(table.sql) are built anew" : "all rows of \(table.sql) are read"
        let mode = trace.locks.first { $0.relation == table }.map { " (\($0.mode.sql))" } ?? ""
        return context.issue(what + mode, at: statement, about: table)
      }
    }
  }

  private func isCause(_ statement: Statement) -> Bool {
    switch (cause, statement.syntax) {
    case (.domain, .alterDomain(let alter)):
      if case .validateConstraint = alter.action { false } else { true }
    case (.newColumn, .alterTable(let alter)):
      alter.commands.contains { command in
        guard case .addColumn(let column, _) = command.action else { return false }
        return column.constraints.contains { $0.kind == .check }
      }
    case (.newType, .alterTable(let alter)):
      alter.commands.contains { if case .alterColumnType = $0.action { true } else { false } }
    case (.partition, .alterTable(let alter)):
      alter.commands.contains { if case .attachPartition = $0.action { true } else { false } }
    default: false
    }
  }
}
