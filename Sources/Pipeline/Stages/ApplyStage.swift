internal import Basics
package import Configuration
internal import Lint
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow

/// The pending migrations on the shadow, statement by statement, and then the rules over the schema that they made.
package struct ApplyStage: Stage {
  package static let name = "apply"
  package static let optionKeys = ["statement-timeout"]
  package static let reservedKeys = ["trace"]

  private let statementTimeout: Duration

  package init(options: YAMLMapping?) {
    statementTimeout = options?["statement-timeout"]?.duration ?? .seconds(60)
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    let shadow = try bench.preparedShadow()
    let scope = bench.environment.profile.scope
    let pending = bench.pending
    let snapshots = bench.memory.snapshots
    let limits = TimeLimits(statement: statementTimeout)

    let (applications, fingerprints, after) = try await Connection.with(shadow.migrationRole, as: "penstock apply") {
      worker in
      try await Connection.with(shadow.superuser, as: "penstock observe") { observer in
        var applications: [Application] = []
        var fingerprints: [Fingerprint] = []
        var after: Snapshot?
        for migration in pending {
          try Task.checkCancellation()
          let application = try Application(migration)
          _ = try await application.apply(
            on: worker, adaptation: shadow.adaptation, limits: limits, recording: .nothing)
          let snapshot = try await snapshots.read(from: observer, scope: scope)
          applications.append(application)
          fingerprints.append(snapshot.fingerprint)
          after = snapshot
        }
        return (applications, fingerprints, after)
      }
    }
    bench.steps = fingerprints
    bench.after = after ?? bench.before
    for (index, application) in applications.enumerated() {
      bench.record.migrations[index].statements = application.script.statements.count
    }
    let statements = applications.reduce(0) { $0 + $1.script.statements.count }
    bench.record.evidence.after = bench.after?.fingerprint
    let input = await LintInput(
      bench.migrations, bench.history, strays: bench.strays, cache: bench.memory.files, before: bench.before,
      after: bench.after)
    try bench.take(await Linter(bench.linting).lint(input))

    let count = bench.pending.count
    guard count > 0 else { return ["nothing to apply: the target has every migration of the commit"] }
    return ["\(count) migration\(count == 1 ? "" : "s"), \(statements) statement\(statements == 1 ? "" : "s")"]
  }
}
