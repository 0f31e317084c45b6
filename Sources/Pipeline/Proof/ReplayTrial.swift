internal import Lint
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow
internal import Synchronization

/// Applies each migration to the shadow a second time, and takes that back.
///
/// Left alone are files that are more than one transaction, and those with the data of a COPY.
final class ReplayTrial: Sendable {
  private let snapshots: SnapshotKeeper
  private let scope: Scope
  private let adaptation: PlatformAdaptation
  private let state = Mutex<[ReplayFailure]>([])

  init(on shadow: ShadowDatabase, _ snapshots: SnapshotKeeper, scope: Scope) {
    self.snapshots = snapshots
    self.scope = scope
    adaptation = shadow.adaptation
  }

  /// In the order in which the files were applied.
  var failures: [ReplayFailure] { state.withLock { $0 } }

  /// - Parameter connection: On which the migration has just been applied; it is left as it is.
  func note(_ application: Application, on connection: isolated Connection) async throws {
    let statements = application.script.statements
    guard application.plan.isTransactional, statements.allSatisfy({ $0.copyData == nil }) else { return }
    let before = try await snapshots.read(from: connection, scope: scope)
    let isWithin = connection.transactionStatus == .inTransaction
    try await connection.execute(isWithin ? "savepoint penstock_replay" : "begin")
    try await connection.execute("set local search_path to default")
    var failure = try await replay(statements, of: application, on: connection)
    if failure == nil {
      let difference = Difference(from: before, to: try await snapshots.read(from: connection, scope: scope))
      if !difference.isEmpty {
        failure = ReplayFailure(
          path: application.migration.path, statement: nil, message: difference.summary.joined(separator: ", "))
      }
    }
    let end = isWithin ? ["rollback to savepoint penstock_replay", "release savepoint penstock_replay"] : ["rollback"]
    for statement in end { try await connection.execute(statement) }
    if let failure { state.withLock { [failure] in $0.append(failure) } }
  }

  private func replay(
    _ statements: [Statement], of application: Application, on connection: isolated Connection
  ) async throws(PostgresError) -> ReplayFailure? {
    let version = connection.serverVersion
    for (index, statement) in statements.enumerated() {
      if case .transaction = statement.syntax { continue }
      guard case .send(let sql, let before, let after, _) = adaptation.adapt(statement, serverVersion: version) else {
        continue
      }
      do throws(PostgresError) {
        for sql in before + [sql] + after { try await connection.execute(sql) }
      } catch {
        guard error.code == .server else { throw error }
        return ReplayFailure(path: application.migration.path, statement: index, message: error.message)
      }
    }
    return nil
  }
}
