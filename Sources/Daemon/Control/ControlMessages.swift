package import Basics
package import Migrations
package import Pipeline

/// What is asked of the daemon: one line of JSON, the only one that a client sends on a connection.
package enum ControlRequest: Codable, Sendable {
  /// A push has ended. Answered with `queued`, then with the events of these runs when `wait` says so.
  case pushed(PushNotice, wait: Bool)
  case runs(limit: Int, repository: String?)
  /// A run's name, or a commit's or the beginning of one.
  case show(String)
  case log(last: Int, follow: Bool)
  case verifyLog
  case attach(RunID)
  case cancel(RunID)
  /// Answered with `queued`.
  case retry(RunID)
  case approve(RunID)
  case pause(environment: String)
  case resume(environment: String)
  case status
  /// What an environment's target has applied.
  case history(environment: String)
}

/// What the daemon answers: lines of JSON, the last of which is `end` or `failed`.
package enum ControlReply: Codable, Sendable {
  case queued([RunID])
  case runs([RunSummary])
  /// A run that has not ended yet.
  case run(RunSummary)
  case record(RunRecord)
  case event(RunEvent)
  case logLine(String)
  case logVerified(LogVerification)
  case status(DaemonStatus)
  case history([HistoryEntry])
  /// A sentence about what was done.
  case done(String)
  case failed(reason: ControlFailure, message: String)
  case end
}

/// Why the daemon does not do what was asked.
package enum ControlFailure: String, Codable, Sendable {
  case notAllowed, notFound, refused, unreachable, other

  init(_ code: DaemonError.Code) {
    switch code {
    case .notAllowed: self = .notAllowed
    case .notFound: self = .notFound
    case .refused: self = .refused
    case .unreachable: self = .unreachable
    default: self = .other
    }
  }

  var code: DaemonError.Code {
    switch self {
    case .notAllowed: .notAllowed
    case .notFound: .notFound
    case .refused: .refused
    case .unreachable: .unreachable
    case .other: .storage
    }
  }
}

/// How the daemon is.
package struct DaemonStatus: Codable, Sendable {
  package let process: Int32
  package let startedAt: Timestamp
  package let queued: Int
  package let running: Int
  /// Reports that are still to be written: notes, log lines.
  package let undelivered: Int
  package let repositories: [RepositoryStatus]
  package let environments: [EnvironmentStatus]

  package struct RepositoryStatus: Codable, Sendable {
    package let name: String
    package let path: String
    /// Why it cannot be read; nil when it can.
    package let problem: String?
  }

  package struct EnvironmentStatus: Codable, Sendable {
    package let name: String
    /// Where the database is, without the password.
    package let target: String
    package let profile: String
    package let isPaused: Bool
  }
}
