/// What went wrong between Penstock and a PostgreSQL server.
///
/// Tell errors apart by `code`, those that the server reports by `sqlState`; never by the text of `message`.
package struct PostgresError: Error, Sendable {
  package let code: Code
  /// A sentence for a person, never with a password in it. The server's own words when `code` is `.server`.
  package var message: String
  /// Present when the server said something, also as it closed the connection.
  package var sqlState: SQLState?
  package var detail: String?
  package var hint: String?
  /// 1-based, in characters (Unicode scalars) of the statement that was sent.
  package var position: Int?
  /// The statement that a function was running when it failed, and the 1-based character in it.
  package var internalQuery: String?
  package var internalPosition: Int?
  /// The call stack in the server: one line a function.
  package var context: String?
  package var schemaName: String?
  package var tableName: String?
  package var columnName: String?
  package var dataTypeName: String?
  package var constraintName: String?
  /// 0-based: which query of a pipeline failed.
  package var statementIndex: Int?
  /// How many transactions a script had committed before.
  package var commits: Int?

  package init(_ code: Code, _ message: String, sqlState: SQLState? = nil) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
  }
}

extension PostgresError {
  /// The kind of a `PostgresError`; a struct, so that kinds can be added.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case cancelled, closed, commitUnknown, connectionFailed, connectionLost, decoding, invalidConnectionString
      case invalidStatement, noServerBinaries, server, serverStart, timeout, transactionState, unexpectedAnswer
    }

    private let kind: Kind

    package var description: String { kind.rawValue }

    /// The task was cancelled, and the statement with it. The connection is still usable.
    package static let cancelled = Code(kind: .cancelled)
    /// The connection was closed by us, or was lost earlier.
    package static let closed = Code(kind: .closed)
    /// The connection was lost between sending COMMIT and its answer: the transaction may have been committed or not.
    package static let commitUnknown = Code(kind: .commitUnknown)
    /// No connection came about.
    package static let connectionFailed = Code(kind: .connectionFailed)
    /// The connection ended while it was used.
    package static let connectionLost = Code(kind: .connectionLost)
    /// A value of a result is not of the Swift type that was asked for.
    package static let decoding = Code(kind: .decoding)
    package static let invalidConnectionString = Code(kind: .invalidConnectionString)
    /// A statement or parameter that cannot be sent: it contains a NUL byte.
    package static let invalidStatement = Code(kind: .invalidStatement)
    /// No PostgreSQL server is installed here, or none of the version asked for.
    package static let noServerBinaries = Code(kind: .noServerBinaries)
    /// The server refused a statement; see `sqlState`.
    package static let server = Code(kind: .server)
    /// The embedded server could not be created, started or stopped.
    package static let serverStart = Code(kind: .serverStart)
    /// The time that the caller allowed was over. The connection is still usable.
    package static let timeout = Code(kind: .timeout)
    /// A transaction scope could not begin or commit: one was open already, or a statement inside ended or broke it.
    package static let transactionState = Code(kind: .transactionState)
    /// The server answered with something that the call has no use for, such as COPY data to a query.
    package static let unexpectedAnswer = Code(kind: .unexpectedAnswer)
  }
}

extension PostgresError: CustomStringConvertible {
  /// The message, with the detail and the hint on lines of their own.
  package var description: String {
    var lines = [sqlState.map { "\(message) (\($0))" } ?? message]
    if let detail { lines.append("Detail: \(detail)") }
    if let hint { lines.append("Hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}
