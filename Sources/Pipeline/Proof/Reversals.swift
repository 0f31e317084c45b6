internal import Basics
internal import Migrations
internal import Postgres
internal import Schema
internal import Shadow

/// What undoes migrations that a target has applied and a commit has not, or not so.
enum Reversals {
  /// The rollbacks that the target keeps, newest first, each under the version that it undoes.
  ///
  /// - Throws: `RunFailure` when one has none that is proved, or is not among the newest.
  static func of(_ history: HistoryComparison, in environment: Environment) async throws -> [Reversal] {
    let rollbacks = try await Connection.with(environment.target, as: "penstock \(environment.name)") {
      try await PenstockTables.rollbacks(from: $0)
    }
    let applied = history.entries.filter { [.applied, .edited, .missing].contains($0.status) }
    guard let first = applied.firstIndex(where: { $0.status == .missing }) else { return [] }
    if let later = applied[first...].first(where: { $0.status != .missing }) {
      throw RunFailure(
        "\(applied[first].version) cannot be undone by itself: the target has applied \(later.version) since, which this "
          + "commit has",
        advice: "Undo it in a new migration: penstock rollback \(applied[first].version).")
    }
    return try applied[first...].reversed().map { entry in
      guard let rollback = rollbacks[entry.version], rollback.isProved else {
        throw RunFailure(
          "nothing that is proved to undo \(entry.version) is kept in the target",
          advice: "Undo it in a new migration: penstock rollback \(entry.version).")
      }
      return Reversal(of: [entry.version], sql: rollback.sql, loses: rollback.loses)
    }
  }

  /// What takes away all that the target has applied, planned from a shadow that has it.
  ///
  /// - Throws: `RunFailure` when there is no plan.
  static func ofEverything(on shadow: ShadowDatabase, of bench: Workbench) async throws -> Reversal {
    let bare = try await bench.shadowServer.reset(platform: bench.platform, migrations: [])
    let schema = await Result { try await state(of: bare, bench) }
    try await bench.shadowServer.release(bare)
    do {
      let plan = try Plan(from: try await state(of: shadow, bench), to: try schema.get())
      let versions = bench.history.entries.filter { $0.history != nil && $0.status != .duplicate }.map(\.version)
      return Reversal(of: versions, sql: plan.sql, loses: plan.losses)
    } catch let error as PlanError {
      throw RunFailure(
        "nothing takes away what \(bench.environment.name) has applied: \(error)",
        advice: "Create its database anew, and push again.")
    }
  }

  private static func state(of shadow: ShadowDatabase, _ bench: Workbench) async throws -> SchemaState {
    let (scope, role) = (bench.environment.profile.scope, shadow.platform.migrationRole)
    return try await Connection.with(shadow.superuser, as: "penstock shadow") {
      try await SchemaState.read(from: $0, scope: scope, role: role)
    }
  }

  /// Sees whether a shadow is what it should be when all has been undone: that of a history without it.
  struct Check: Sendable {
    private let reversals: [Reversal]
    private let expected: Snapshot
    private let snapshots: SnapshotKeeper
    private let scope: Scope

    /// Nil when nothing is to be undone.
    init?(of bench: Workbench) async throws {
      guard !bench.reversals.isEmpty else { return nil }
      reversals = bench.reversals
      let undone = Set(reversals.flatMap(\.versions))
      let rest = bench.history.appliedMigrations.filter { !undone.contains($0.version) }
      let copy = try await bench.shadowServer.reset(platform: bench.platform, migrations: rest)
      let schema = await Result { try await bench.schema(of: copy) }
      try await bench.shadowServer.release(copy)
      expected = try schema.get().snapshot
      snapshots = bench.memory.snapshots
      scope = bench.environment.profile.scope
    }

    /// Whether it is one of those that undo something.
    func isReversal(_ application: Application) -> Bool { reversals.contains { $0.migration == application.migration } }

    func look(after application: Application, on connection: isolated Connection) async throws {
      guard let last = reversals.last, application.migration == last.migration else { return }
      let left = Difference(from: try await snapshots.read(from: connection, scope: scope), to: expected)
      guard !left.isEmpty else { return }
      throw RunFailure(
        "what undoes \(last.summary) does not lead back to the schema before: \(left.excerpt)",
        path: last.migration.path,
        advice: last.versions.count == 1
          ? "Undo it in a new migration: penstock rollback \(last.migration.version)."
          : "Create the target's database anew, and push again.")
    }
  }
}
