/// How a transaction begins.
package struct TransactionOptions: Hashable, Sendable {
  package enum Isolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
  }

  /// Nil for the session's default.
  package var isolation: Isolation?
  package var isReadOnly: Bool
  /// Only means something for a serializable, read-only transaction: it waits for a moment when it cannot fail.
  package var isDeferrable: Bool

  package init(isolation: Isolation? = nil, isReadOnly: Bool = false, isDeferrable: Bool = false) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.isDeferrable = isDeferrable
  }

  var begin: String {
    var words = ["BEGIN"]
    if let isolation { words.append("ISOLATION LEVEL \(isolation.rawValue)") }
    if isReadOnly { words.append("READ ONLY") }
    if isDeferrable { words.append("DEFERRABLE") }
    return words.joined(separator: " ")
  }
}

/// Whether a session is in a transaction, as the server last said.
package enum TransactionStatus: Hashable, Sendable {
  case idle
  case inTransaction
  /// A statement failed: only ROLLBACK is accepted.
  case inFailedTransaction
  /// The connection is closed or lost.
  case unknown
}
