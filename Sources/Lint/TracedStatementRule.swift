internal import SQL
internal import Schema

/// A rule that concludes from a statement's text what the trace can show: where the statement was seen to run, the
/// conclusion is measured, or it was wrong and there is nothing to say.
protocol TracedStatementRule: StatementRule {
  /// What must have been seen.
  var effect: TraceEffect { get }
}

extension TracedStatementRule {
  var asTracedStatementRule: (any TracedStatementRule)? { self }
}

enum TraceEffect: Sendable {
  /// A lock for which whoever writes waits.
  case lock
  /// Every row read, or the table written anew, which reads them too.
  case scan
  case rewrite
  /// What the rule finds in the trace by itself: then what it concluded from the text has nothing to add.
  case own

  /// - Parameters:
  ///   - statement: What the statement did.
  ///   - held: What it and those before it in its transaction did.
  ///   - table: Nil when the rule speaks of something else, a domain or an index.
  /// - Returns: What was seen, for a person; empty when that is said already. Nil when it was not.
  func evidence(in statement: StatementTrace, _ held: [StatementTrace], on table: QualifiedName?) -> String? {
    func isMeant(_ relation: StatementTrace.Relation) -> Bool {
      table.map { $0.schema == relation.schema && $0.name == relation.name } ?? true
    }
    switch self {
    case .lock:
      let locks = held.flatMap(\.locks).filter { $0.mode.blocksWrites && isMeant($0.relation) }
      return locks.map(\.mode).max().map { " (\($0.sql))" }
    case .scan:
      return (statement.scanned + statement.rewritten).contains(where: isMeant) ? "" : nil
    case .rewrite:
      return statement.rewritten.contains(where: isMeant) ? "" : nil
    case .own:
      return nil
    }
  }
}

extension CreateIndexNotConcurrent: TracedStatementRule { var effect: TraceEffect { .lock } }
extension ReindexNotConcurrent: TracedStatementRule { var effect: TraceEffect { .lock } }
extension DetachPartitionNotConcurrent: TracedStatementRule { var effect: TraceEffect { .lock } }
extension RefreshMatviewNotConcurrent: TracedStatementRule { var effect: TraceEffect { .lock } }
extension ConstraintBuildsIndex: TracedStatementRule { var effect: TraceEffect { .lock } }
extension RequireNotValid: TracedStatementRule {
  var effect: TraceEffect { about.name == "check-not-valid" ? .scan : .lock }
}
extension SetNotNullScan: TracedStatementRule { var effect: TraceEffect { .scan } }
extension AddColumnCheckScan: TracedStatementRule { var effect: TraceEffect { .scan } }
extension AddColumnRewrite: TracedStatementRule { var effect: TraceEffect { .rewrite } }
extension AlterTypeRewrite: TracedStatementRule { var effect: TraceEffect { .rewrite } }
extension StatementAfterAccessExclusive: TracedStatementRule { var effect: TraceEffect { .own } }
extension TableWork: TracedStatementRule { var effect: TraceEffect { .own } }
extension WideLockWindow: TracedStatementRule { var effect: TraceEffect { .own } }

// MARK: - What the text does not show

extension AddColumnRewrite: TraceRule {
  func check(_ context: TraceContext) -> [Issue] { context.rewrites(by: .newColumn) }
}

extension AlterTypeRewrite: TraceRule {
  func check(_ context: TraceContext) -> [Issue] { context.rewrites(by: .newType) }
}

extension OtherTableRewrite: TraceRule {
  func check(_ context: TraceContext) -> [Issue] { context.rewrites(by: .other) }
}

/// Why a table is written anew.
private enum RewriteCause {
  case newColumn, newType, other

  init(_ statement: Statement) {
    guard case .alterTable(let alter) = statement.syntax else {
      self = .other
      return
    }
    let causes = alter.commands.map { command -> RewriteCause in
      switch command.action {
      case .alterColumnType: .newType
      case .addColumn: .newColumn
      default: .other
      }
    }
    self = causes.contains(.newType) ? .newType : causes.contains(.newColumn) ? .newColumn : .other
  }
}

extension TraceContext {
  fileprivate func rewrites(by cause: RewriteCause) -> [Issue] {
    statements.flatMap { statement, trace in
      guard RewriteCause(statement) == cause, !Self.isMeantTo(statement) else { return [Issue]() }
      return trace.rewritten.filter { $0.kind == .table }.map { table in
        issue("\(table.sql) is written anew, with its indexes", at: statement, about: table)
      }
    }
  }

  /// What `vacuum-full-or-cluster` reports.
  private static func isMeantTo(_ statement: Statement) -> Bool {
    if case .maintenance = statement.syntax { true } else { false }
  }
}
