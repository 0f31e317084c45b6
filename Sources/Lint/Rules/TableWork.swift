internal import Basics
internal import SQL
internal import Schema

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
      evidence: [.ast, .trace],
      summary:
        "New type or collation of a column for which its indexes are built anew, or its checks tried on every row",
      why: "nobody reads or writes the table until that is done",
      explanation: """
        A change that keeps the rows as they are, of a collation for one, still orders the column otherwise. Build an \
        index for the new order concurrently, where there can be one, and drop the old index first.

        Any change of type drops the checks that name the column and adds them again, which reads all rows (measured, \
        for a longer `varchar` too). Drop them first, and add them again `NOT VALID`.

        Measured on the shadow: an index has got another file and the table has not, or PostgreSQL says that it verifies \
        the table. The text shows it where a file shows the column's check; and of indexes for `citext`, which becomes \
        `text` and comes from it without a rewrite.
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
      evidence: [.ast, .trace],
      summary: "Partition that is read as a whole when it is attached",
      why: "nobody reads or writes the new partition until every row has been compared with its bounds",
      explanation: """
        PostgreSQL skips the scan when a valid check implies the bounds. Add one `NOT VALID` with the bounds' condition \
        and `IS NOT NULL`, validate it, attach the table, and drop the check.

        Measured on the shadow: PostgreSQL says that it verifies the table. From the text it is concluded of tables that \
        were there before the pending migrations and on which no file shows a valid check.
        """,
      bad: RuleExample(
        files: [(RuleExample.path, "alter table public.log attach partition public.log_1 for values in (1);")],
        traces: [.init(statement: 0, locks: [("log_1", .accessExclusive)], scanned: ["log_1"])]),
      good: RuleExample(
        files: [(RuleExample.path, "alter table public.log attach partition public.log_1 for values in (1);")],
        traces: [.init(statement: 0, locks: [("log_1", .accessExclusive)])]),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html (ATTACH PARTITION)",
      others: [.languageServer: ["avoidAttachingPartition"], .pgfence: ["attach-partition"]]))

  private init(cause: Cause, about: RuleDescription) {
    self.cause = cause
    self.about = about
  }

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table else { return [] }
    return alter.commands.compactMap { command in
      let (table, message): (QualifiedName, String)
      switch (cause, command.action) {
      case (.newType, .alterColumnType(let column, let type, _)):
        guard let owner = context.existingTable(alter.name), let work = context.work(for: column, of: owner, as: type)
        else { return nil }
        (table, message) = (owner, work)
      case (.partition, .attachPartition(let partition)):
        guard let owner = context.existingTable(partition), !context.hasValidCheck(owner) else { return nil }
        (table, message) = (owner, "all rows of \(owner) are read")
      default: return nil
      }
      return context.issue(message, at: command.range, object: ObjectName(table))
    }
  }

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.flatMap { statement, trace in
      guard isCause(statement) else { return [Issue]() }
      func said(_ tables: [StatementTrace.Relation], _ what: (StatementTrace.Relation) -> String) -> [Issue] {
        tables.filter { !trace.rewritten.contains($0) }.map { table in
          let mode = trace.locks.first { $0.relation == table }.map { " (\($0.mode.sql))" } ?? ""
          return context.issue(what(table) + mode, at: statement, about: table)
        }
      }
      return said(cause == .newType ? trace.indexed : []) { "indexes of \($0.sql) are built anew" }
        + said(trace.scanned) { "all rows of \($0.sql) are read" }
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

extension StatementContext {
  /// What is known of the table before the statement, from the files and from a server.
  private func shapes(of table: QualifiedName) -> [TableShape] {
    [declared.shape.tables[table], before?.tables[table]].compactMap(\.self)
  }

  /// What is done beside a rewrite, and without one; nil for nothing that is known of.
  fileprivate func work(for column: String, of table: QualifiedName, as type: Syntax.TypeName) -> String? {
    let change = TypeChange(self.column(column, of: table), to: type)
    guard change.rewrites == false else { return nil }
    let shapes = shapes(of: table)
    if change.changesOrder, shapes.flatMap(\.indexes).contains(where: { $0.leadingColumns.contains(column) }) {
      return "indexes of \(table) are built anew"
    }
    let checks = shapes.flatMap(\.checks) + declared.checks(onUnknown: table)
    return checks.first { $0.isValid && $0.mentions(column) }.map { check in
      "all rows of \(table) are read, for its check \(Quoting.identifier(check.name))"
    }
  }

  /// Which may say what the bounds say.
  fileprivate func hasValidCheck(_ table: QualifiedName) -> Bool {
    (shapes(of: table).flatMap(\.checks) + declared.checks(onUnknown: table)).contains(where: \.isValid)
  }
}
