package import Postgres
package import SQL

/// What is sent to a server for a statement of a migration, where that is not the statement itself.
///
/// A shadow stands in for a platform: it lacks what only the platform has, and its `postgres` role needs a superuser's
/// hand for what the platform allows. Checksums and the history are always of the file's own bytes.
package protocol Adaptation: Sendable {
  /// Statements that set up the session before each migration, after everything a migration may have left behind in
  /// it has been reset. The place for `SET ROLE` on a connection whose login is not the migration role.
  var sessionSetup: [String] { get }

  /// - Parameter serverVersion: As libpq has it: 150018 for 15.18.
  func adapt(_ statement: Statement, serverVersion: Int) -> AdaptedStatement

  /// The server's error for a statement, with what this place knows of its cause and its cure.
  func explain(_ error: PostgresError, of statement: Statement, serverVersion: Int) -> PostgresError
}

extension Adaptation {
  package func explain(_ error: PostgresError, of statement: Statement, serverVersion: Int) -> PostgresError { error }
}

package enum AdaptedStatement: Hashable, Sendable {
  /// Send this in the statement's place, between what prepares and what tidies up after it. The note is for the record:
  /// what is said differently although the server could have been told, so that somebody may want to know.
  case send(String, before: [String] = [], after: [String] = [], note: String? = nil)
  /// Do not send it. The reason is for the record: `transaction_timeout needs PostgreSQL 17`.
  case skip(reason: String)
}

/// Sends every statement as it is written: for a real target.
package struct PlainAdaptation: Adaptation {
  package let sessionSetup: [String]

  /// - Parameter role: The role that owns what migrations make, when it is not the login's own.
  package init(role: String? = nil) {
    sessionSetup = role.map { ["set session role \(Quoting.identifier($0))"] } ?? []
  }

  package func adapt(_ statement: Statement, serverVersion: Int) -> AdaptedStatement {
    .send(statement.text)
  }
}
