package import Migrations
package import Postgres
package import Schema
package import Shadow
internal import Synchronization

/// Works out what undoes each of some migrations, while they are tried on a shadow, and tries that too.
///
/// It is tried where the migration was applied, and taken back, so it costs no copy. What pg_dump says, and what becomes
/// of rows, is left to `penstock rollback`, which tries it again.
package final class RollbackTrial: Sendable {
  private let snapshots: SnapshotKeeper
  private let scope: Scope
  private let role: String
  private let adaptation: PlatformAdaptation
  private let state: Mutex<(before: SchemaState, rollbacks: [String: Rollback], remarks: [String])>

  /// Of how many migrations at a time the way back is looked for: nobody goes back over a whole history.
  package static let limit = 8

  /// - Parameter before: The shadow's schema before the first migration.
  package init(before: SchemaState, on shadow: ShadowDatabase, snapshots: SnapshotKeeper, scope: Scope) {
    self.snapshots = snapshots
    self.scope = scope
    role = shadow.platform.migrationRole
    adaptation = shadow.adaptation
    state = Mutex((before, [:], []))
  }

  /// By version; those that no way back was found for are missing.
  package var rollbacks: [String: Rollback] { state.withLock { $0.rollbacks } }

  /// Which have none, and why, a sentence each.
  package var remarks: [String] { state.withLock { $0.remarks } }

  /// - Parameter connection: On which the migration has just been applied; it is left as it is.
  package func note(_ application: Application, on connection: isolated Connection) async throws {
    let before = state.withLock { $0.before }
    let after = try await passOver(on: connection)
    let (back, forth): (Plan, Plan)
    do {
      (back, forth) = (try Plan(from: after, to: before), try Plan(from: before, to: after))
    } catch {
      let remark = "no way back from \(application.migration.fileName) can be kept: \(error)"
      return state.withLock { $0.remarks.append(remark) }
    }
    let rollback = Rollback(
      sql: back.sql,
      isProved: try await leads(back, to: before.snapshot, on: connection),
      loses: back.losses + Self.cannotReturn(forth, [application]))
    state.withLock { $0.rollbacks[application.migration.version] = rollback }
  }

  /// Goes on from the schema that there is now, whatever has led to it.
  @discardableResult
  package func passOver(on connection: isolated Connection) async throws -> SchemaState {
    let snapshot = try await snapshots.read(from: connection, scope: scope)
    let present = try await SchemaState.read(from: connection, scope: scope, known: snapshot, role: role)
    state.withLock { $0.before = present }
    return present
  }

  /// What was there before some migrations and does not come back with the schema.
  package static func cannotReturn(_ plan: Plan, _ applications: [Application]) -> [String] {
    plan.losses.map {
      "what was in \($0.replacing(" with its rows", with: "").replacing(" with its values", with: ""))"
    }
      + applications.flatMap { application in
        application.changesOfRows.map { "what \($0) of \(application.migration.fileName) changed" }
      }
  }

  private func leads(_ plan: Plan, to before: Snapshot, on connection: isolated Connection) async throws -> Bool {
    let isWithin = connection.transactionStatus == .inTransaction
    try await connection.execute(isWithin ? "savepoint penstock_rollback" : "begin")
    let isProved: Bool
    do {
      try await connection.execute("set local check_function_bodies = off")
      for step in plan.parts.flatMap(\.steps) { _ = try await PlanRun.run(step, adaptation, on: connection) }
      let reached = try await snapshots.read(from: connection, scope: scope)
      isProved = Difference(from: reached, to: before).isEmpty
    } catch is StepFailure {
      isProved = false
    } catch let error as PostgresError where error.code == .server {
      isProved = false
    }
    let end =
      isWithin ? ["rollback to savepoint penstock_rollback", "release savepoint penstock_rollback"] : ["rollback"]
    for statement in end { try await connection.execute(statement) }
    return isProved
  }
}
