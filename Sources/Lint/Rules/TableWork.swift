internal import Basics
internal import SQL

/// `alter-type-index-rebuild`, `attach-partition-scan`
struct TableWork: TraceRule {
  let about: RuleDescription
  private let cause: Cause

  private enum Cause {
    case newType, partition
  }

  static let newType = TableWork(
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

  static let partition = TableWork(
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
    guard case .alterTable(let alter) = statement.syntax else { return false }
    return alter.commands.contains { command in
      switch (cause, command.action) {
      case (.newType, .alterColumnType), (.partition, .attachPartition): true
      default: false
      }
    }
  }
}
