internal import Basics
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow

/// A plan that is run on a shadow, as the role that migrations run as, transaction by transaction.
struct PlanRun: Sendable {
  let plan: Plan
  let copy: ShadowDatabase
  let server: ShadowServer

  private static let limits = TimeLimits(statement: .seconds(60))

  init(_ plan: Plan, in copy: ShadowDatabase, on server: ShadowServer) {
    self.plan = plan
    self.copy = copy
    self.server = server
  }

  /// - Returns: What each statement did.
  /// - Throws: `StepFailure` for a statement that the server refuses.
  func run() async throws -> [PlanProof.Action] {
    try await server.watching(copy, Self.limits) {
      try await Connection.with(copy.migrationRole, as: "penstock proof") { connection in
        try await connection.execute("set statement_timeout = '60s'")
        var watcher = LockWatcher()
        try await watcher.begin(on: connection)
        var actions: [PlanProof.Action] = []
        for part in plan.parts {
          guard part.isTransaction else {
            actions.append(try await Self.run(part.steps[0], copy.adaptation, on: connection))
            try await watcher.begin(on: connection)
            continue
          }
          let (adaptation, before) = (copy.adaptation, watcher)
          let (done, after) = try await connection.transaction { connection in
            var watcher = before
            var actions: [PlanProof.Action] = []
            try await connection.execute("set local check_function_bodies = off")
            for step in part.steps {
              var action = try await Self.run(step, adaptation, on: connection)
              try await watcher.note(in: &action, on: connection)
              actions.append(action)
            }
            return (actions, watcher)
          }
          actions += done
          watcher = after
          watcher.forgetLocks()
        }
        return actions
      }
    }
  }

  /// Sends a statement as the shadow takes it.
  static func run(
    _ step: Plan.Step, _ adaptation: PlatformAdaptation, on connection: isolated Connection
  ) async throws -> PlanProof.Action {
    let statements = try statements(of: step)
    let version = connection.serverVersion
    for statement in statements {
      guard case .send(let sql, let before, let after, _) = adaptation.adapt(statement, serverVersion: version) else {
        continue
      }
      do throws(PostgresError) {
        for sql in before + [sql] + after { try await connection.execute(sql) }
      } catch {
        guard error.code == .server else { throw error }
        let error = adaptation.explain(error, of: statement, serverVersion: version)
        throw StepFailure(
          sql: step.sql, cause: [error.message, error.detail].compactMap(\.self).joined(separator: ", "))
      }
    }
    return PlanProof.Action(sql: step.sql, losses: step.losses)
  }

  private static func statements(of step: Plan.Step) throws(StepFailure) -> [Statement] {
    do {
      return try Script(Array(step.sql.utf8)).statements
    } catch {
      throw StepFailure(sql: step.sql, cause: error.message)
    }
  }
}

/// Thrown when a statement of a plan does not run.
struct StepFailure: Error, CustomStringConvertible {
  let sql: String
  let cause: String

  var description: String {
    let line = sql.split(separator: "\n").first.map(String.init) ?? ""
    return "\(cause) (\(line.prefix(120))\(line.count > 120 || sql.contains("\n") ? " ..." : ""))"
  }
}

/// Sees which locks a session has got, and which tables have got new files, since it last looked.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/view-pg-locks.html
private struct LockWatcher: Sendable {
  private struct Table {
    let name: String
    var file: Int64
  }

  /// By number, those that were there before the plan.
  private var tables: [Int64: Table] = [:]
  /// The strongest on each.
  private var held: [Int64: Int] = [:]

  mutating func begin(on connection: Connection) async throws {
    let rows = try await connection.query(
      """
      select c.oid::int8, format('%I.%I', n.nspname, c.relname), c.relfilenode::int8
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and c.oid >= 16384
      """)
    let isFirst = tables.isEmpty
    for row in rows {
      let (number, name, file) = try row.decode(Int64.self, String.self, Int64.self)
      if isFirst { tables[number] = Table(name: name, file: file) } else { tables[number]?.file = file }
    }
  }

  /// Those of a transaction go with it.
  mutating func forgetLocks() { held = [:] }

  mutating func note(in action: inout PlanProof.Action, on connection: isolated Connection) async throws {
    let rows = try await connection.query(
      """
      select l.relation::int8, l.mode, c.relfilenode::int8
      from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
      where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.relation >= 16384
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      """)
    var got: [String: Int] = [:]
    for row in rows {
      let (number, name, file) = try row.decode(Int64.self, String.self, Int64.self)
      guard let table = tables[number] else { continue }
      if let strength = Self.strength(of: name), strength > held[number] ?? -1 {
        held[number] = strength
        got[table.name] = max(got[table.name] ?? strength, strength)
      }
      if file != table.file {
        tables[number]?.file = file
        if !action.rewrites.contains(table.name) { action.rewrites.append(table.name) }
      }
    }
    action.locks = got.sorted { $0.key < $1.key }.map { .init(mode: PlanProof.strengths[$0.value], table: $0.key) }
    action.rewrites.sort()
  }

  /// `AccessExclusiveLock` is `ACCESS EXCLUSIVE`; nil for one that only reads.
  private static func strength(of mode: String) -> Int? {
    let name = mode.dropLast("Lock".count)
    return PlanProof.strengths.firstIndex { $0.filter { $0 != " " }.lowercased() == name.lowercased() }
  }
}
