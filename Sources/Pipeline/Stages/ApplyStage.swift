internal import Basics
package import Configuration
internal import Lint
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow

/// The pending migrations on the shadow, statement by statement, and then the rules over the schema that they made.
///
/// A single one that is a transaction is rolled back when its schema has been read: the shadow is then ready for the next
/// run, whatever becomes of this one, and nothing is open while people approve or the target is waited for.
package struct ApplyStage: Stage {
  package static let name = "apply"
  package static let optionKeys = ["statement-timeout"]
  package static let reservedKeys = ["trace"]

  private let statementTimeout: Duration

  package init(options: YAMLMapping?) {
    statementTimeout = options?["statement-timeout"]?.duration ?? .seconds(60)
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    var shadow = try bench.preparedShadow()
    let before = try await bench.schema(of: shadow)
    bench.before = before
    bench.record.evidence.before = before.fingerprint
    bench.record.evidence.shadowServer = before.serverVersion
    let applications = try bench.pending.map { migration throws(ApplyFailure) in try Application(migration) }
    if applications.isEmpty {
      bench.after = before
    } else {
      // What a test sees, it sees over a connection of its own.
      let isShared = bench.stages.contains { $0 is TestStage }
      let (memory, scope) = (bench.memory, bench.environment.profile.scope)
      defer { bench.shadow = shadow }
      let limits = TimeLimits(statement: statementTimeout)
      let rollbacks = try await Self.rollbackTrial(before, on: shadow, of: bench)
      let after = try await bench.shadowServer.watching(shadow, limits) {
        try await shadow.apply(applications, limits: limits, isShared: isShared) { connection, application in
          try await rollbacks?.note(application, on: connection)
        } _: { connection in
          try await memory.snapshots.read(from: connection, scope: scope)
        }
      }
      memory.keep(after, of: shadow.identity(after: bench.pending), scope)
      bench.after = after
      bench.rollbacks = rollbacks?.rollbacks ?? [:]
    }
    for application in applications {
      bench.record.update(application.migration) { record in
        record.statements = application.script.statements.count
        let rollback = bench.rollbacks[application.migration.version]
        record.rollbackProved = rollback?.isProved
        record.rollbackLoses = rollback?.loses
      }
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

  private static func rollbackTrial(
    _ before: Snapshot, on shadow: ShadowDatabase, of bench: Workbench
  ) async throws -> RollbackTrial? {
    guard bench.pending.count <= RollbackTrial.limit, bench.stages.contains(where: { $0 is PromoteStage }) else {
      return nil
    }
    let (scope, role) = (bench.environment.profile.scope, shadow.platform.migrationRole)
    let state = try await Connection.with(shadow.superuser, as: "penstock shadow") {
      try await SchemaState.read(from: $0, scope: scope, known: before, role: role)
    }
    return RollbackTrial(before: state, on: shadow, snapshots: bench.memory.snapshots, scope: scope)
  }
}
