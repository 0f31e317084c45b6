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
  package static let optionKeys = ["statement-timeout", "trace", "replay"]

  private let statementTimeout: Duration
  private let isTraced: Bool
  private let isReplayed: Bool

  package init(options: YAMLMapping?) {
    statementTimeout = options?["statement-timeout"]?.duration ?? .seconds(60)
    isTraced = options?["trace"]?.bool ?? true
    isReplayed = options?["replay"]?.bool ?? false
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    var shadow = try bench.preparedShadow()
    let before = try await bench.schema(of: shadow)
    bench.before = before.snapshot
    bench.record.evidence.before = before.snapshot.fingerprint
    bench.record.evidence.shadowServer = before.snapshot.serverVersion
    let applications = try (bench.reversals.map(\.migration) + bench.pending).map { migration throws(ApplyFailure) in
      try Application(migration)
    }
    var remarks: [String] = []
    var traces: [String: [StatementTrace]] = [:]
    var examination = Examination()
    let replay =
      isReplayed ? ReplayTrial(on: shadow, bench.memory.snapshots, scope: bench.environment.profile.scope) : nil
    if applications.isEmpty {
      bench.after = before.snapshot
      bench.access = (before.access, before.access)
    } else {
      // What a test sees, it sees over a connection of its own.
      let isShared = bench.stages.contains { $0 is TestStage }
      let (memory, reader) = (bench.memory, bench.reader)
      defer { bench.shadow = shadow }
      let limits = TimeLimits(statement: statementTimeout)
      let reversals = try await Reversals.Check(of: bench)
      let rollbacks = try await Self.rollbackTrial(on: shadow, of: bench)
      let examiner = try await Examiner(of: applications, on: shadow, before: before.snapshot)
      func apply(_ observer: StatementTracer?) async throws -> (ShadowSchema, Examination) {
        try await shadow.apply(
          applications, limits: limits, isShared: isShared, observer: observer
        ) { connection, application in
          if let reversals, reversals.isReversal(application) {
            try await rollbacks?.passOver(on: connection)
            try await reversals.look(after: application, on: connection)
          } else {
            try await rollbacks?.note(application, on: connection)
            try await replay?.note(application, on: connection)
          }
        } _: { connection in
          let schema = try await reader.read(from: connection, memory.snapshots)
          return (schema, try await examiner.examine(schema.snapshot, on: connection))
        }
      }
      let after: ShadowSchema
      (after, examination) = try await bench.shadowServer.watching(shadow, limits) {
        guard isTraced else { return try await apply(nil) }
        return try await StatementTracer.with(shadow, isFirst: applications.count == 1) { tracer in
          let after = try await apply(tracer)
          traces = tracer.traces
          return after
        }
      }
      memory.keep(after, of: shadow.identity(after: applications.map(\.migration)), reader)
      bench.after = after.snapshot
      bench.access = (before.access, after.access)
      bench.rollbacks = rollbacks?.rollbacks ?? [:]
      remarks = rollbacks?.remarks ?? []
    }
    for application in applications {
      let effects = traces[application.migration.path]?.filter(\.hasEffect)
      bench.record.update(application.migration) { record in
        record.statements = application.script.statements.count
        record.effects = effects
        let rollback = bench.rollbacks[application.migration.version]
        record.rollbackProved = rollback?.isProved
        record.rollbackLoses = rollback?.loses
      }
    }
    let statements = applications.reduce(0) { $0 + $1.script.statements.count }
    bench.record.evidence.after = bench.after?.fingerprint
    var input = await LintInput(
      bench.migrations, bench.upcoming, strays: bench.strays, cache: bench.memory.files, before: bench.before,
      after: bench.after)
    input.traces = traces.mapValues { FileTrace($0) }
    input.bodies = examination.bodies
    input.openConditions = examination.openConditions
    input.replays = replay?.failures ?? []
    try await input.read(
      Self.blocked(in: traces), backing: shadow.platform.backing, from: bench.environment.target)
    try bench.take(await Linter(bench.linting).lint(input))

    let count = bench.pending.count
    guard applications.count == count else {
      return ["\(count) migration\(count == 1 ? "" : "s") after \(bench.reversals.flatMap(\.versions).count) undone"]
        + remarks
    }
    guard count > 0 else { return ["nothing to apply: the target has every migration of the commit"] }
    let lines = "\(count) migration\(count == 1 ? "" : "s"), \(statements) statement\(statements == 1 ? "" : "s")"
    return [([lines] + [Self.strongestLock(in: traces)].compactMap(\.self)).joined(separator: ", ")] + remarks
  }

  /// The tables for which somebody would have waited.
  private static func blocked(in traces: [String: [StatementTrace]]) -> Set<QualifiedName> {
    let locks = traces.values.joined().flatMap(\.locks).filter { $0.mode.blocksWrites && $0.relation.kind != .index }
    return Set(locks.map { QualifiedName(schema: $0.relation.schema, name: $0.relation.name) })
  }

  /// `ACCESS EXCLUSIVE on public.customers for 2 ms`: of the strongest locks the one that was held longest, nil when
  /// nobody would have waited for any.
  private static func strongestLock(in traces: [String: [StatementTrace]]) -> String? {
    let locks = traces.values.flatMap { statements in
      statements.enumerated().flatMap { index, trace in
        let rest = statements[index...].filter { $0.transaction == trace.transaction }
        let time = rest.reduce(0) { $0 + $1.milliseconds }
        return trace.locks.filter { $0.mode.blocksWrites && $0.relation.kind == .table }.map { (lock: $0, time: time) }
      }
    }
    guard let longest = locks.max(by: { ($0.lock.mode, $0.time) < ($1.lock.mode, $1.time) }) else { return nil }
    let table = QualifiedName(schema: longest.lock.relation.schema, name: longest.lock.relation.name)
    return "\(longest.lock.mode.sql) on \(table) for \((Duration.milliseconds(1) * longest.time).text)"
  }

  private static func rollbackTrial(
    on shadow: ShadowDatabase, of bench: Workbench
  ) async throws -> RollbackTrial? {
    guard bench.pending.count <= RollbackTrial.limit, bench.stages.contains(where: { $0 is PromoteStage }) else {
      return nil
    }
    let (scope, role) = (bench.environment.profile.scope, shadow.platform.migrationRole)
    let snapshots = bench.memory.snapshots
    // Not the one that the bench has: of an equal state, whose catalog may have other numbers.
    let state = try await Connection.with(shadow.superuser, as: "penstock shadow") { connection in
      let before = try await snapshots.read(from: connection, scope: scope)
      return try await SchemaState.read(from: connection, scope: scope, known: before, role: role)
    }
    return RollbackTrial(before: state, on: shadow, snapshots: snapshots, scope: scope)
  }
}
