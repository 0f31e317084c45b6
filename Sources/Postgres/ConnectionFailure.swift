internal import Basics

/// Says why no connection came about, and what to do next.
enum ConnectionFailure {
  /// - Parameter report: libpq's, at verbose verbosity: one or more lines for every address that was tried.
  static func error(report: String, target: ConnectionString, needsPassword: Bool) -> PostgresError {
    let refusal = Refusal(report: report)
    let reason =
      needsPassword
      ? "the server asks for a password and none was given"
      : refusal?.message ?? withoutAdvice(report).singleLine
    return PostgresError(
      .connectionFailed, "Cannot connect to \(target): \(reason). \(advice(refusal?.sqlState, needsPassword))",
      sqlState: refusal?.sqlState)
  }

  static func noAnswer(from target: ConnectionString, within limit: Duration?) -> PostgresError {
    PostgresError(
      .connectionFailed,
      """
      Cannot connect to \(target): no answer within \((limit ?? .zero).text). Check the host and port, and that no \
      firewall is in between.
      """)
  }

  private static func advice(_ state: SQLState?, _ needsPassword: Bool) -> String {
    switch state {
    case _ where needsPassword: "Give one in the connection string, in PGPASSWORD or in ~/.pgpass."
    case .invalidPassword: "Check the user name and the password."
    case .invalidAuthorization: "Check the user name, and the server's pg_hba.conf."
    case .invalidDatabase: "Create the database, or correct its name."
    case .tooManyConnections: "Close other connections, or raise the server's max_connections."
    case .cannotConnectNow: "Try again in a moment."
    case nil: "Check that a server is running there, and the host and port."
    default: "The server's log may say more."
    }
  }

  /// Without libpq's own questions, which it indents ("Is the server running on that host ...?").
  private static func withoutAdvice(_ report: String) -> String {
    report.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("\t") }.joined(separator: "\n")
  }

  /// What the server itself said: `FATAL:  28P01: password authentication failed for user "app"`.
  private struct Refusal {
    let sqlState: SQLState
    let message: String

    init?(report: String) {
      guard let match = report.firstMatch(of: /:  ([0-9A-Z]{5}): (.*)/) else { return nil }
      sqlState = SQLState(rawValue: String(match.1))
      message = String(match.2)
    }
  }
}
