internal import SQL

/// Where in a file's transactions, and under which settings, a statement runs.
///
/// A file is one transaction unless it commits in the middle, says on its first line that it wants none, or has a
/// statement in it that the server refuses in one; then every statement is one of its own, but for those between the
/// file's own BEGIN and COMMIT.
struct SessionState: Sendable {
  private struct Setting: Sendable {
    var values: [String]
    var isLocal: Bool
  }

  /// Whether each statement commits by itself.
  private(set) var runsStatementsAlone = false
  /// Whether the file has begun a transaction and not ended it.
  private(set) var isInOwnTransaction = false
  /// The index of the statement with which the transaction began that the next one is in.
  private(set) var transactionStart = 0
  private var settings: [String: Setting] = [:]

  init() {}

  init(beginning file: LintFile) {
    guard let script = try? file.script.get() else { return }
    runsStatementsAlone = script.directive != nil || script.statements.contains(where: \.cannotRunInTransaction)
  }

  var isInTransaction: Bool { !runsStatementsAlone || isInOwnTransaction }

  /// What the file has set the parameter to; nil when it has not.
  func value(of parameter: String) -> String? { settings[parameter].map { $0.values.joined(separator: ", ") } }

  mutating func advance(past statement: Statement, at index: Int) {
    switch statement.syntax {
    case .transaction(let control): advance(past: control, at: index)
    case .setParameter(let set): apply(set)
    default: break
    }
    if !isInTransaction { transactionStart = index + 1 }
  }

  private mutating func advance(past control: Syntax.TransactionControl, at index: Int) {
    switch control {
    case .begin:
      // Without a directive, what stands before belongs to the transaction too.
      if runsStatementsAlone, !isInOwnTransaction { transactionStart = index + 1 }
      isInOwnTransaction = true
    case .commit(let chains), .rollback(let chains):
      isInOwnTransaction = chains
      transactionStart = index + 1
      settings = settings.filter { !$0.value.isLocal }
    case .prepare, .savepoint, .releaseSavepoint, .rollbackToSavepoint:
      break
    }
  }

  private mutating func apply(_ set: Syntax.SetParameter) {
    guard !set.isLocal || isInTransaction else { return }
    switch set.action {
    case .set(let values): settings[set.name] = Setting(values: values, isLocal: set.isLocal)
    case .setDefault, .reset:
      if set.name.isEmpty { settings = [:] } else { settings[set.name] = nil }
    case .fromCurrent: break
    }
  }
}
