internal import Basics
package import Git
package import Lint
package import Migrations
internal import Postgres
package import Schema
package import Shadow

/// What the stages of one run work on: what the run began with, and what each stage left for the later ones.
package struct Workbench: Sendable {
  package let request: RunRequest
  package let environment: Environment
  /// Every stage of the pipeline: what a later stage will do can be a reason to stop early.
  package let stages: [any Stage]
  package let repository: Repository
  package let shadowServer: ShadowServer
  package let host: any RunHost
  package let memory: RunMemory

  /// The commit's migrations.
  package let migrations: MigrationSet
  /// The blob of each, by path.
  package let blobs: [String: ObjectID]
  /// Files that the push adds to the folder of the migrations and that, by their names, are none.
  package let strays: [String]
  /// What the linter is told by the commit's `penstock.yaml`.
  package var linting: LintConfiguration
  /// Findings at or over this end the run.
  package var failOn: Severity = .error

  /// What the target has that no migration made.
  package var platform: Platform
  /// What the target had applied when the run began, or when it last went back to `reset`.
  package var history: HistoryComparison
  /// Whether the target is known to have changed since.
  package var isHistoryStale = false
  /// The migrations that the target lacks, in the order in which they are to be applied.
  package var pending: [Migration] { upcoming.pending }

  /// What becomes of a target that has something else applied than the commit has.
  var divergence: PromoteStage.Divergence {
    stages.lazy.compactMap { $0 as? PromoteStage }.first?.onDivergence ?? .fail
  }

  /// Whether all that the target has applied is to be taken away first.
  var isRebuilding: Bool { divergence == .rebuild && environment.isDisposable && !history.divergent.isEmpty }

  /// The history when the migrations begin.
  var upcoming: HistoryComparison { isRebuilding ? HistoryComparison(migrations, []) : history }

  /// From `reset` on, when the target has more than the commit: what undoes that, newest first.
  package var reversals: [Reversal] = []

  /// From `promote` on: the versions that have been undone on the target.
  var undone: [String] = []

  /// From `diff` on, when the target had drifted: what makes its history true.
  package var adoption: Adoption?
  /// What the shadow has before the pending migrations.
  var settledMigrations: [Migration] { history.appliedMigrations + (adoption.map { [$0.migration] } ?? []) }

  /// From `reset` on: a database at the target's state, later with the pending migrations as well.
  package var shadow: ShadowDatabase?
  /// The shadow's schema before the pending migrations.
  package var before: Snapshot?
  /// The shadow's schema after the last pending migration.
  package var after: Snapshot?
  /// From `apply` on: who can do what, before the pending migrations and after them.
  package var access: (before: AccessMatrix, after: AccessMatrix)?

  /// From `apply` on: what undoes the pending migrations, by version.
  package var rollbacks: [String: Rollback] = [:]

  /// From `diff` on: the target's schema as it was then, which must not have changed when the promotion begins.
  package var targetBefore: Snapshot?

  package var record: RunRecord

  /// What the target has applied by now, as far as this run knows.
  var targetMigrations: [Migration] {
    if !reversals.isEmpty, record.result == .promoted { return migrations.migrations }
    let promoted = Set(record.migrations.filter(\.promoted).map(\.path))
    return history.appliedMigrations.filter { !undone.contains($0.version) }
      + (adoption.map { $0.isRecorded ? [$0.migration] : [] } ?? [])
      + pending.filter { record.result == .promoted || promoted.contains($0.path) }
  }

  /// The shadow, for a stage after `reset`.
  package func preparedShadow() throws(RunFailure) -> ShadowDatabase {
    guard let shadow else { throw RunFailure("there is no shadow database: the pipeline has no reset stage") }
    return shadow
  }

  /// The schema of a database: of the shadow, or of the target.
  func snapshot(of database: ConnectionString, as applicationName: String) async throws -> Snapshot {
    try await Connection.with(database, as: applicationName) {
      try await memory.snapshots.read(from: $0, scope: environment.profile.scope)
    }
  }

  /// How the shadow is read: with the access that `diff` is asked to compare.
  var reader: SchemaReader {
    let options = stages.lazy.compactMap { $0 as? DiffStage }.first?.access ?? AccessOptions()
    return SchemaReader(
      scope: environment.profile.scope, platform: platform, roles: options.roles(on: environment.profile))
  }

  /// The schema of a shadow that nothing has been done to: all in the same state have the same.
  func schema(of shadow: ShadowDatabase) async throws -> ShadowSchema {
    let reader = reader
    if let known = memory.schema(of: shadow.identity, reader) { return known }
    let schema = try await Connection.with(shadow.superuser, as: "penstock shadow") {
      try await reader.read(from: $0, memory.snapshots)
    }
    memory.keep(schema, of: shadow.identity, reader)
    return schema
  }

  /// Lists the pending migrations in the record; what it says of them already is kept.
  mutating func listMigrations() {
    let known = Dictionary(record.migrations.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    record.migrations = pending.map { migration in
      known[migration.path] ?? MigrationRecord(migration, blob: blobs[migration.path])
    }
  }

  /// Leaves the linter's findings in the record. The same rules have looked again, with more to see: what they do not
  /// say any more was wrong.
  /// - Throws: `RunFailure` when one of them weighs enough to end the run.
  package mutating func take(_ report: LintReport) throws(RunFailure) {
    record.findings = report.findings
    guard report.fails(at: failOn) else { return }
    let grave = report.findings.filter { $0.severity >= failOn }
    throw RunFailure(
      "\(grave[0].message) (\(grave[0].rule))\(grave.count > 1 ? ", and \(grave.count - 1) more" : "")",
      path: grave[0].file, position: grave[0].start,
      advice: grave[0].rule == "applied-file-changed"
        ? grave[0].fix?.text : "Mend it, or say why it is right: -- penstock: ignore \(grave[0].rule) REASON")
  }
}
