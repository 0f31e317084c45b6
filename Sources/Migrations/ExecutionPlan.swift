package import SQL

/// Which statements of a migration run together, and which alone.
///
/// Most files are one transaction, with the row of the history in it: all or nothing. What cannot be so is cut into
/// steps, each as large as the file lets it be.
package struct ExecutionPlan: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    /// These statements in one transaction, which is rolled back in the end when the file says ROLLBACK.
    case transaction([Int], commits: Bool = true)
    /// One statement, outside any transaction.
    case alone(Int)

    /// Indexes into the script's statements, ascending.
    package var statements: [Int] {
      switch self {
      case .transaction(let indexes, _): indexes
      case .alone(let index): [index]
      }
    }
  }

  /// Why a file is not one transaction.
  package enum Reason: Hashable, Sendable {
    /// A comment on the first line asks for it.
    case directive
    /// A statement that the server refuses within a transaction; the 0-based index of the first.
    case statement(Int)
    /// The file commits or rolls back in the middle; the 0-based index of the statement.
    case transactionControl(Int)
    /// A value that the file adds to an enum is used in it, which takes a COMMIT between the two.
    case newEnumValue
  }

  /// In order. No statement is in two steps; BEGIN, COMMIT and their like are in none, since the steps stand for them.
  package let steps: [Step]
  /// Nil when the file is one transaction.
  package let reason: Reason?

  package var isTransactional: Bool { reason == nil }

  /// - Throws: For transaction control that cannot be carried out: PREPARE TRANSACTION.
  package init(_ script: Script) throws(ExecutionPlanError) {
    if script.directive != nil {
      try self.init(script, alone: .directive)
    } else if let index = script.statements.firstIndex(where: \.cannotRunInTransaction) {
      try self.init(script, alone: .statement(index))
    } else {
      let blocks = try Blocks(script, joiningBegin: true)
      let isOne = blocks.all.count <= 1 && blocks.all.allSatisfy(\.commits)
      self.init(
        steps: blocks.all.map { .transaction($0.statements, commits: $0.commits) },
        reason: isOne ? nil : blocks.firstEnd.map(Reason.transactionControl))
    }
  }

  /// The plan of a file of which the server said, when it was run as one transaction, that it uses an enum's new value
  /// (SQLSTATE 55P04). Only the server can tell: the value's text is often also something else's.
  package static func afterNewEnumValue(_ script: Script) throws(ExecutionPlanError) -> ExecutionPlan {
    try ExecutionPlan(script, alone: .newEnumValue)
  }

  /// Statement by statement, but for what stands between the file's own BEGIN and COMMIT.
  private init(_ script: Script, alone reason: Reason) throws(ExecutionPlanError) {
    let steps = try Blocks(script, joiningBegin: false).all.flatMap { block -> [Step] in
      block.isExplicit
        ? [.transaction(block.statements, commits: block.commits)] : block.statements.map(Step.alone)
    }
    self.init(steps: steps, reason: reason)
  }

  private init(steps: [Step], reason: Reason?) {
    self.steps = steps
    self.reason = reason
  }
}

/// A file whose transaction control cannot be carried out.
package struct ExecutionPlanError: Error, Hashable, Sendable {
  /// 0-based.
  package let statementIndex: Int
  package let message: String
}

/// The stretches of a file between its transaction control.
///
/// A file need not begin what it commits, nor commit what it begins: it may be written for a runner that wraps it in a
/// transaction, and say `COMMIT; BEGIN;` in the middle.
private struct Blocks {
  struct Block {
    var statements: [Int]
    /// Whether the file begins or ends it itself.
    var isExplicit: Bool
    var commits = true
  }

  private(set) var all: [Block] = []
  /// The first statement that ends a transaction.
  private(set) var firstEnd: Int?

  /// - Parameter joiningBegin: Whether what stands before a BEGIN belongs to the transaction that it begins.
  init(_ script: Script, joiningBegin: Bool) throws(ExecutionPlanError) {
    var open = Block(statements: [], isExplicit: false)
    func close(_ next: Block) {
      if !open.statements.isEmpty { all.append(open) }
      open = next
    }
    for (index, statement) in script.statements.enumerated() {
      switch statement.transactionControl {
      case nil, .savepoint, .releaseSavepoint, .rollbackToSavepoint:
        open.statements.append(index)
      case .begin:
        if !open.isExplicit, !joiningBegin { close(Block(statements: [], isExplicit: true)) }
        open.isExplicit = true
      case .commit(let chains):
        if firstEnd == nil { firstEnd = index }
        close(Block(statements: [], isExplicit: chains))
      case .rollback(let chains):
        // Where the file began no transaction, there is none to roll back, unless a runner was expected to begin one.
        if open.isExplicit || joiningBegin { open.commits = false }
        if firstEnd == nil { firstEnd = index }
        close(Block(statements: [], isExplicit: chains))
      case .prepare:
        throw ExecutionPlanError(
          statementIndex: index,
          message: "PREPARE TRANSACTION leaves a transaction open behind the migration: commit it in the file instead")
      }
    }
    close(Block(statements: [], isExplicit: false))
  }
}
