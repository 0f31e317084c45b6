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
    let isUnreachable = [.connectionFailed, .connectionLost, .closed, .noServerBinaries, .serverStart].contains(
      error.code)
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
    case .unreachable, .outcomeUnknown:
      isUnreachable = true
      (message, sqlState) = (failure.message, nil)  // It has the SQLSTATE in it.
    case .connectionLost:
      isUnreachable = true
      advice = "What was not committed is rolled back; the next run goes on from there."
    case .lockNotAvailable:
      advice =
        "Somebody else held the lock at every try: see pg_stat_activity on the target, or raise retries of the stage."
    case .busy, .journalMismatch: message = failure.message
    case .file, .checkFailed, .statement, .cancelled: break
    }
  }

  private init(_ error: InvalidFile) {
    self.init(error.problems)
  }

  /// Says what is wrong in files, a problem a line.
  ///
  /// - Precondition: `problems` is not empty.
  init(_ problems: [Problem]) {
    let shown = problems.prefix(20)
    var lines = [shown[0].message] + shown.dropFirst().map(\.description)
    if problems.count > shown.count { lines.append("and \(problems.count - shown.count) more") }
    self.init(
      lines.joined(separator: "\n"), path: shown[0].file, position: shown[0].position,
      advice: "Mend the file; penstock check-config \(shown[0].file) says whether it is good.")
  }
}
