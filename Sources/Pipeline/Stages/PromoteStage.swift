internal import Basics
package import Configuration
internal import Git
internal import Migrations
internal import Postgres
internal import Schema
internal import Shadow
internal import Synchronization

/// Brings exactly the migrations that were tested to the target, exactly once, and proves that the target is then what
/// the shadow is.
package struct PromoteStage: Stage {
  package static let name = "promote"
  package static let optionKeys = ["lock-timeout", "statement-timeout", "retries", "on-divergence", "verify"]

  /// What becomes of a run whose target has applied migrations that the commit lacks.
  enum Divergence: String, CaseIterable { case fail, revert, rebuild, keep }

  let onDivergence: Divergence
  private let lockTimeout: Duration
  private let statementTimeout: Duration
  private let retries: Int
  private let verify: Bool

  package init(options: YAMLMapping?) {
    lockTimeout = options?["lock-timeout"]?.duration ?? .seconds(3)
    statementTimeout = options?["statement-timeout"]?.duration ?? .seconds(600)
    retries = options?["retries"]?.count ?? 8
    onDivergence = options?["on-divergence"]?.choice(of: Divergence.self) ?? .fail
    verify = options?["verify"]?.bool ?? true
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    guard await bench.host.mayPromote(bench.request.id) else { throw SupersededRun() }
    if let adoption = bench.adoption {
      try await adoption.record(in: bench.environment)
      bench.adoption?.isRecorded = true
    }
    guard !bench.pending.isEmpty || !bench.reversals.isEmpty else {
      bench.record.result = .promoted
      return ["the target is up to date"]
    }
    let result = await promotion(of: bench).promote(
      bench.pending, reverting: bench.reversals, check: evidenceCheck(of: bench))
    for promoted in result.promoted {
      bench.record.update(promoted.migration) { record in
        record.promoted = true
        record.milliseconds = promoted.duration.milliseconds
      }
    }
    bench.undone = result.reverted.flatMap(\.versions)
    if let failure = result.failure { throw Self.error(for: failure, after: result.reverted) }
    bench.record.result = .promoted

    let names = result.promoted.map { "\($0.migration.version)_\($0.migration.name)" }
    var summary = result.reverted.map { "undone: \($0.summary)" } + names
    summary += result.alreadyApplied.map { "\($0.version)_\($0.name) was there already" }
    if verify, let difference = try await verify(bench) {
      bench.record.result = .promotedNotVerified
      summary.append("the target is not what the shadow is: \(difference.summary.joined(separator: "  "))")
    }
    return summary
  }

  private func promotion(of bench: Workbench) -> Promotion {
    var settings = Promotion.Settings()
    settings.lockTimeout = lockTimeout
    settings.statementTimeout = statementTimeout
    settings.retries = retries
    return Promotion(
      to: bench.environment.target, name: bench.environment.name, instance: bench.environment.instance,
      deployment: deployment(of: bench), settings: settings, adaptation: bench.environment.adaptation)
  }

  private func deployment(of bench: Workbench) -> Deployment {
    let request = bench.request
    var deployment = Deployment(run: request.id.rawValue)
    deployment.repository = request.repository
    deployment.branch = request.ref.branch ?? request.ref.rawValue
    deployment.commit = request.commit.hex
    deployment.tree = bench.record.tree?.hex
    deployment.chain = bench.record.evidence.chain
    deployment.fingerprintBefore = bench.record.evidence.before?.description
    deployment.actor = request.actor
    deployment.defaults = bench.platform.defaults
    deployment.rollbacks = bench.rollbacks
    return deployment
  }

  /// Nothing is promoted on stale evidence: when the first migration begins, in its own transaction, the target must be
  /// what it was when it was compared with the shadow. From there on only this promotion has its turn, and at the end
  /// the target must be what the shadow is.
  private func evidenceCheck(
    of bench: Workbench
  ) -> @Sendable (isolated Connection, Migration) async throws -> Void {
    let expected = bench.targetBefore?.fingerprint
    let (scope, snapshots) = (bench.environment.profile.scope, bench.memory.snapshots)
    let everything = bench.isRebuilding ? Set(bench.reversals.flatMap(\.versions)) : nil
    // The first that is begun: one that the target has got meanwhile is not. It is checked with each of its tries.
    let first = Mutex<String?>(nil)
    return { connection, migration in
      let isFirst = first.withLock { path in
        path = path ?? migration.path
        return path == migration.path
      }
      guard isFirst else { return }
      let present = try await snapshots.read(from: connection, scope: scope)
      if present.fingerprint != expected { throw StaleEvidence() }
      guard let everything else { return }
      // A migration of rows alone that has come since is in no schema.
      if Set(try await History.read(from: connection).map(\.version)) != everything { throw StaleEvidence() }
    }
  }

  /// Reads the target again, and keeps in it whether it came out as the shadow did.
  /// - Returns: What it has otherwise than the shadow; nil when they are equal, or when it had drifted before.
  private func verify(_ bench: Workbench) async throws -> Difference? {
    guard let after = bench.after, bench.targetBefore?.fingerprint == bench.before?.fingerprint else { return nil }
    let deployment = deployment(of: bench)
    return try await Connection.with(bench.environment.target, as: "penstock \(bench.environment.name)") { connection in
      let present = try await bench.memory.snapshots.read(from: connection, scope: bench.environment.profile.scope)
      let difference = Difference(from: after, to: present)
      try await deployment.finish(
        difference.isEmpty ? .promoted : .notVerified, fingerprintAfter: present.fingerprint.description, on: connection
      )
      return difference.isEmpty ? nil : difference
    }
  }

  private static func error(for failure: PromotionFailure, after reversals: [Reversal]) -> any Error {
    if failure.code == .checkFailed, failure.cause is StaleEvidence { return StaleEvidence() }
    if failure.code == .cancelled { return CancellationError() }
    guard !reversals.isEmpty else { return failure }
    var error = RunFailure(describing: failure)
    let undone = "Undone before that, and not there any more: \(reversals.map(\.summary).joined(separator: ", "))."
    error.advice = [error.advice, undone].compactMap(\.self).joined(separator: " ")
    return error
  }
}

/// Thrown by `promote` when a newer push has taken the run's place.
struct SupersededRun: Error {}

/// Thrown by `promote` when the target is no longer what the shadow run started from.
struct StaleEvidence: Error {}

extension StaleEvidence: CustomStringConvertible {
  var description: String {
    "the target's schema has changed again while it was being tested: somebody else is changing it. Push again when they are done."
  }
}

extension RunRecord {
  /// Adds to what is recorded of a migration, if it is listed.
  mutating func update(_ migration: Migration, _ change: (inout MigrationRecord) -> Void) {
    guard let index = migrations.firstIndex(where: { $0.path == migration.path }) else { return }
    change(&migrations[index])
  }
}
