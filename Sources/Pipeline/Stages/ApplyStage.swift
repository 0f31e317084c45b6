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
    let pending = bench.pending
    let limits = TimeLimits(statement: statementTimeout)

    let applications = try await bench.shadowServer.watching(shadow, limits) {
      try await Connection.with(shadow.migrationRole, as: "penstock apply") { worker in
        var applications: [Application] = []
        for migration in pending {
          try Task.checkCancellation()
          let application = try Application(migration)
          _ = try await application.apply(
            on: worker, adaptation: shadow.adaptation, limits: limits, recording: .nothing)
          applications.append(application)
        }
        return applications
      }
    }
    bench.after = pending.isEmpty ? bench.before : try await bench.snapshot(of: shadow.superuser, as: "penstock shadow")
    for application in applications {
      bench.record.update(application.migration) { $0.statements = application.script.statements.count }
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
