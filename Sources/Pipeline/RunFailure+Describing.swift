package import Basics
internal import Configuration
internal import Git
internal import Migrations
internal import Postgres
internal import SQL
internal import Shadow

extension RunFailure {
  /// Says of any error what happened, where, and what to do next.
  ///
  /// - Parameters:
  ///   - path: The file that was being worked on, where the error does not know it.
  ///   - position: The place in it.
  package init(describing error: any Error, path: String? = nil, position: SourcePosition? = nil) {
    switch error {
    case let failure as RunFailure: self = failure
    case let error as PostgresError: self.init(error)
    case let error as GitError: self.init(error.message, isUnreachable: error.code == .notFound)
    case let error as InvalidFile: self.init(error)
    case let error as ApplyFailure: self.init(error)
    case let error as PromotionFailure: self.init(error)
    case let error as SQLError: self.init(error.message, position: error.position)
    default: self.init("\(error)")
    }
    if self.path == nil { (self.path, self.position) = (path, position) }
  }

  private init(_ error: PostgresError) {
    let isUnreachable = [.connectionFailed, .connectionLost, .closed, .noServerBinaries, .serverStart].contains(error.code)
    self.init(
      [error.message, error.detail].compactMap(\.self).joined(separator: " "), sqlState: error.sqlState?.rawValue,
      advice: error.hint, isUnreachable: isUnreachable)
  }

  private init(_ failure: ApplyFailure) {
    if let error = failure.postgres { self.init(error) } else { self.init(failure.message) }
    path = failure.path
    position = failure.position
    if failure.postgres?.sqlState == .queryCanceled, advice == nil {
      advice = "The statement ran into its time limit. Raise statement-timeout of the stage if it needs more."
    }
  }

  private init(_ failure: PromotionFailure) {
    if let error = failure.cause as? PostgresError { self.init(error) } else { self.init(failure.message) }
    path = failure.path
    position = failure.position
    switch failure.code {
    case .unreachable, .connectionLost, .outcomeUnknown:
      isUnreachable = true
      message = failure.message
    case .busy, .journalMismatch, .lockNotAvailable: message = failure.message
    case .file, .checkFailed, .statement, .cancelled: break
    }
  }

  private init(_ error: InvalidFile) {
    let first = error.problems[0]
    let others = error.problems.count - 1
    self.init(
      first.message + (others > 0 ? " (and \(others) more)" : ""), path: first.file, position: first.position,
      advice: others > 0 ? "penstock check-config \(first.file) shows every problem." : nil)
  }
}
