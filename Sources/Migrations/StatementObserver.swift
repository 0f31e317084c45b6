package import Postgres

/// Watches the statements of a migration while it is applied, one after the other.
///
/// What it throws ends the application, as if the statement had failed.
package protocol StatementObserver: Sendable {
  /// - Parameters:
  ///   - index: Of the statement in the migration's script.
  ///   - connection: The one that the statement is about to be sent on; a transaction is open unless it runs alone.
  func willRun(_ index: Int, of application: Application, on connection: isolated Connection)
    async throws(PostgresError)

  /// The same when the server has answered that it is done.
  func didRun(_ index: Int, of application: Application, on connection: isolated Connection) async throws(PostgresError)
}
