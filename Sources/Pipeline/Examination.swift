internal import Lint
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow

/// What only a server can say of the schema that pending migrations make: plpgsql_check of functions' bodies, and the
/// planner of policies' conditions.
///
/// The server is asked within a transaction that is taken back, as the role that migrations run as: what they make can be
/// code, and the planner runs functions. The extension is made there too, in a schema of its own, so that no snapshot and
/// no migration sees it; on a shadow, the migration role may.
struct Examination: Sendable {
  var bodies: BodyReport?
  var openConditions: Set<PolicyCondition> = []
}

/// Looks at a shadow before the pending migrations and after them.
struct Examiner: Sendable {
  private let before: Snapshot
  private let functions: FunctionCheck
  /// Whether the migrations have any statement that can make a function, a trigger or a policy.
  private let isNeeded: Bool

  /// - Parameter shadow: Without the migrations; it is left as it is.
  init(of applications: [Application], on shadow: ShadowDatabase, before: Snapshot) async throws {
    self.before = before
    isNeeded = applications.contains { $0.script.statements.contains(where: \.syntax.mayMakeCode) }
    let functions = FunctionCheck(on: shadow)
    let breakages = applications.flatMap(Breakage.of)
    guard functions.isPossible, !breakages.isEmpty else {
      self.functions = functions
      return
    }
    self.functions = try await Connection.with(shadow.migrationRole, as: "penstock functions") { connection in
      try await Self.takingBack(on: connection) { connection in
        var functions = functions
        try await functions.noteDependents(of: breakages, on: connection)
        return functions
      }
    }
  }

  /// - Parameters:
  ///   - after: The schema with the migrations.
  ///   - connection: On which they have just been applied; it is left as it is.
  func examine(_ after: Snapshot, on connection: isolated Connection) async throws -> Examination {
    guard isNeeded || functions.hasDependents else { return Examination() }
    let (old, new) = (before.catalog, after.catalog)
    let conditions = Self.changedConditions(old, new)
    let names = Self.changedFunctions(old, new)
    let triggers = Self.changedTriggers(old, new)
    guard !(conditions.isEmpty && names.isEmpty && triggers.isEmpty && !functions.hasDependents) else {
      return Examination()
    }
    var examination = Examination()
    if !conditions.isEmpty {
      examination.openConditions = try await Self.takingBack(on: connection) { connection in
        try await Self.open(conditions, new, on: connection)
      }
    }
    let first = names.sorted().first ?? triggers.first?.function
    guard first != nil || functions.hasDependents else { return examination }
    guard functions.isPossible else {
      let major = after.serverVersion / 10_000
      examination.bodies = first.map { BodyReport(obstacle: .init(notInstalledFor: $0, major: major)) }
      return examination
    }
    do {
      examination.bodies = try await Self.takingBack(on: connection) { connection in
        BodyReport(problems: try await functions.problems(of: names, triggers, on: connection))
      }
    } catch let error as PostgresError where error.code == .server {
      // An event trigger of the migrations' own, say, that lets no extension be made.
      examination.bodies = first.map {
        BodyReport(
          obstacle: .init(
            function: $0, reason: "plpgsql_check could not be used on the shadow: \(error.message)",
            advice: "See what stands in its way, an event trigger for one."))
      }
    }
    return examination
  }

  /// Runs `body` in a transaction, or within the one that is open, and takes back what it did.
  private static func takingBack<Value: Sendable>(
    on connection: isolated Connection, _ body: @Sendable (isolated Connection) async throws -> Value
  ) async throws -> Value {
    let isWithin = connection.transactionStatus == .inTransaction
    try await connection.execute(isWithin ? "savepoint penstock_examination" : "begin")
    for setting in settings { try await connection.execute("set local \(setting)") }
    let result: Result<Value, any Error>
    do { result = .success(try await body(connection)) } catch { result = .failure(error) }
    if connection.isUsable {
      let end =
        isWithin
        ? ["rollback to savepoint penstock_examination", "release savepoint penstock_examination"] : ["rollback"]
      for statement in end { try await connection.execute(statement, evenIfCancelled: true) }
      _ = connection.takeNotices()
    }
    return try result.get()
  }

  /// A function is looked at as a session finds it that has set nothing.
  private static let settings = [
    "search_path to default", "client_min_messages = error", "statement_timeout = '20s'", "check_function_bodies = off",
  ]
}

// MARK: - What has changed

extension Examiner {
  private static func changedFunctions(_ old: Catalog, _ new: Catalog) -> Set<QualifiedName> {
    func plpgsql(_ catalog: Catalog) -> Set<FunctionText> {
      Set(
        catalog.functions.filter { $0.language == "plpgsql" }.map {
          FunctionText(name: $0.name, text: $0.definition)
        })
    }
    return Set(plpgsql(new).subtracting(plpgsql(old)).map(\.name))
  }

  private struct FunctionText: Hashable {
    let name: QualifiedName
    let text: String
  }

  private struct TriggerKey: Hashable {
    let table: QualifiedName
    let name: String
    let definition: String
  }

  private static func changedTriggers(_ old: Catalog, _ new: Catalog) -> [Catalog.Trigger] {
    func triggers(_ catalog: Catalog) -> [Catalog.Trigger] {
      catalog.tables.flatMap(\.triggers) + catalog.views.flatMap(\.triggers) + catalog.triggersOnManagedTables
    }
    let known = Set(triggers(old).map { TriggerKey(table: $0.table, name: $0.name, definition: $0.definition) })
    return triggers(new).filter {
      !known.contains(TriggerKey(table: $0.table, name: $0.name, definition: $0.definition))
    }
  }

  /// A condition of a policy.
  private struct Condition: Hashable {
    let condition: PolicyCondition
    let text: String
  }

  private static func changedConditions(_ old: Catalog, _ new: Catalog) -> [Condition] {
    func conditions(_ catalog: Catalog) -> Set<Condition> {
      let policies = catalog.tables.flatMap(\.policies) + catalog.policiesOnManagedTables
      return Set(
        policies.filter { $0.isPermissive && $0.command != .select }.flatMap { policy in
          [(PolicyCondition.Part.using, policy.using), (.check, policy.check)].compactMap { part, text in
            text.map {
              Condition(
                condition: PolicyCondition(table: policy.table, policy: policy.name, part: part), text: $0)
            }
          }
        })
    }
    return conditions(new).subtracting(conditions(old)).sorted {
      ($0.condition.table, $0.condition.policy, $0.condition.part.rawValue)
        < ($1.condition.table, $1.condition.policy, $1.condition.part.rawValue)
    }
  }
}

// MARK: - Conditions

extension Examiner {
  /// The conditions that let every row pass: the planner has nothing to filter by.
  private static func open(
    _ conditions: [Condition], _ catalog: Catalog, on connection: isolated Connection
  ) async throws(PostgresError) -> Set<PolicyCondition> {
    var open: Set<PolicyCondition> = []
    for condition in conditions {
      let table = condition.condition.table
      try await connection.execute("savepoint penstock_condition")
      do throws(PostgresError) {
        let plan = try await connection.query("explain (costs off) select from only \(table) where (\(condition.text))")
        let lines = try plan.map { row throws(PostgresError) in try row.decode(String.self) }
        let filters = lines.filter { $0.contains("Filter: ") || $0.contains("Index Cond: ") }
        if filters.allSatisfy({ isAlwaysTrue($0, of: catalog.table(table)) }) { open.insert(condition.condition) }
      } catch {
        // The migration role may not read the table, or the condition is none of a SELECT's.
        guard error.code == .server else { throw error }
      }
      try await connection.execute("rollback to savepoint penstock_condition")
    }
    return open
  }

  /// `Filter: (id IS NOT NULL)` of a column that is never NULL, which PostgreSQL folds from 17 on.
  private static func isAlwaysTrue(_ line: String, of table: Catalog.Table?) -> Bool {
    guard let match = line.firstMatch(of: #/Filter: \((?<column>\w+) IS NOT NULL\)$/#) else { return false }
    return table?.column(String(match.column))?.isNotNull == true
  }
}

extension BodyReport.Obstacle {
  fileprivate init(notInstalledFor function: QualifiedName, major: Int) {
    self.init(
      function: function, reason: "plpgsql_check is not installed with this machine's PostgreSQL \(major)",
      advice: "In Debian: apt install postgresql-\(major)-plpgsql-check. The target needs nothing.")
  }
}

extension Syntax {
  /// Whether it can make a function, a trigger or a policy.
  fileprivate var mayMakeCode: Bool {
    switch self {
    case .createFunction, .alterFunction, .createTrigger, .createPolicy, .alterPolicy, .doBlock, .call, .unparsed: true
    case .select(let select): !select.functions.isEmpty
    default: false
    }
  }
}
