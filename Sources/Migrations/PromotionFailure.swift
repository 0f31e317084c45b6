package import Basics
internal import Postgres

/// Why a promotion ended before its end.
package struct PromotionFailure: Error, Sendable {
  package enum Code: String, Hashable, Sendable, Codable {
    /// The target could not be connected to, or refused what a promotion needs before the first statement.
    case unreachable
    /// Another promotion to the target did not end in time.
    case busy
    /// A file is not a migration.
    case file
    /// The target is not what the evidence was made on.
    case checkFailed
    /// The target refused a statement.
    case statement
    /// A lock was not to be had, however often it was tried.
    case lockNotAvailable
    /// The connection was lost before COMMIT: nothing of the migration was applied.
    case connectionLost
    /// The connection was lost at COMMIT, and the target could not be asked afterwards. The next promotion finds out.
    case outcomeUnknown
    /// The journal of a migration that was interrupted does not fit the file any more.
    case journalMismatch
    case cancelled
  }

  package let code: Code
  package let message: String
  /// The file, where one is to blame or was under way.
  package let path: String?
  package let position: SourcePosition?
  /// 0-based.
  package let statementIndex: Int?
  /// What `check` threw, or PostgreSQL.
  package let cause: (any Error)?

  init(
    _ code: Code, _ message: String, path: String? = nil, position: SourcePosition? = nil, statementIndex: Int? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.path = path
    self.position = position
    self.statementIndex = statementIndex
    self.cause = cause
  }

  init(_ failure: ApplyFailure) {
    self.init(
      Code(failure), failure.message, path: failure.path, position: failure.position,
      statementIndex: failure.statementIndex, cause: failure.postgres)
  }

  /// A failure of the promotion's own statements.
  init(_ error: PostgresError, doing what: String, path: String? = nil) {
    self.init(
      error.code == .cancelled ? .cancelled : .unreachable, "\(what): \(error)", path: path, cause: error)
  }
}

extension PromotionFailure.Code {
  fileprivate init(_ failure: ApplyFailure) {
    switch (failure.postgres?.code, failure.postgres?.sqlState) {
    case (nil, _): self = .file
    case (.cancelled?, _): self = .cancelled
    case (.connectionLost?, _), (.closed?, _): self = .connectionLost
    case (_, .lockNotAvailable?), (_, .deadlock?): self = .lockNotAvailable
    default: self = .statement
    }
  }
}

extension PromotionFailure: CustomStringConvertible {
  package var description: String {
    guard let path else { return message }
    return "\(path)\(position.map { ":\($0)" } ?? ""): \(message)"
  }
}
