internal import Basics
package import Migrations
internal import Postgres
internal import Schema
internal import Shadow

/// A migration that makes a drifted target's history true: it says what somebody has done to the target by hand.
///
/// The target has it already, so it is never run there. Its row comes into the history when the run promotes, and
/// `penstock fetch` makes a file of that.
package struct Adoption: Sendable {
  package let migration: Migration
  /// Whether the history has it.
  package var isRecorded = false

  var name: String { "\(migration.version)_\(migration.name)" }

  /// - Throws: `RunFailure` when no migration is proved to make the history true.
  static func ofDrift(on bench: Workbench) async throws -> Adoption {
    let applied = bench.history.appliedMigrations
    let scope = bench.environment.profile.scope
    let ground = ProvingGround(on: bench.shadowServer, platform: bench.platform, migrations: applied, scope: scope)
    let source = try await ground.withCopy { try await ground.state(of: $0) }
    let target = try await Connection.with(bench.environment.target, as: "penstock \(bench.environment.name)") {
      try await SchemaState.read(from: $0, scope: scope)
    }
    let plan: Plan
    do {
      plan = try Plan(from: source, to: target)
    } catch {
      throw refusal("\(error)")
    }
    let proof = try await PlanTrial(on: ground, from: source, to: target, wanted: .copy).proof(of: plan)
    if let reason = proof.reasons.first { throw refusal(reason) }
    let version = version(after: applied, besides: bench.migrations.migrations)
    func migration(_ sql: String) -> Migration {
      Migration(version: version, name: "adopted_drift", path: "history/\(version).sql", bytes: Array(sql.utf8))
    }
    // As it will be made of the history: the next run finds the shadow's state.
    let statements = try Application(migration(plan.sql)).historyEntry.statements ?? []
    return Adoption(migration: migration(statements.map { $0 + ";\n" }.joined()))
  }

  private static func refusal(_ reason: String) -> RunFailure {
    RunFailure(
      "the target is not what its history says, and no migration is proved to make that true: \(reason)",
      advice: "Undo the change on the target, or bring it into a migration.")
  }

  /// The number after the newest that is applied; before the first migration of all where nothing is.
  private static func version(after applied: [Migration], besides others: [Migration]) -> String {
    let taken = Set((applied + others).map(\.version))
    let step = applied.isEmpty ? -1 : 1
    let start = (applied.last ?? others.first)?.version ?? "20000101000000"
    var number = (Int(start) ?? 0) + step
    func padded(_ number: Int) -> String {
      String(repeating: "0", count: max(0, start.count - String(number).count)) + String(number)
    }
    while taken.contains(padded(number)) { number += step }
    return padded(number)
  }

  /// Adds the row to the history of the target, unless it has it.
  func record(in environment: Environment) async throws {
    let entry = try Application(migration).historyEntry
    try await Connection.with(environment.target, as: "penstock \(environment.name)") { connection in
      try await History.ensure(on: connection)
      try await connection.transaction { connection in
        guard try await !History.read(from: connection).contains(where: { $0.version == entry.version }) else { return }
        try await History.record(entry, on: connection)
      }
    }
  }
}
