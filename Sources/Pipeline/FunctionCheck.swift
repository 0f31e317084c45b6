internal import Lint
internal import Migrations
internal import Postgres
internal import SQL
internal import Schema
internal import Shadow

/// Has plpgsql_check look at functions on a shadow.
struct FunctionCheck: Sendable {
  private let standIns: Set<String>
  private let preinstalled: Set<String>
  /// The functions that name what the migrations change, by their numbers, with what was wrong with each before.
  private var dependents: [Int: Dependent] = [:]

  private struct Dependent {
    let cause: BodyProblem.Cause
    let problems: Set<String>
  }

  init(on shadow: ShadowDatabase) {
    standIns = shadow.adaptation.standIns
    preinstalled = shadow.platform.profile.preinstalled
  }

  /// Whether the extension is installed with the shadow's server.
  var isPossible: Bool { !standIns.contains("plpgsql_check") }

  var hasDependents: Bool { !dependents.isEmpty }
}

/// A function that is looked at, for one of its triggers where it is a trigger's.
private struct Subject: Sendable {
  let oid: Int
  let function: QualifiedName
  let arguments: String
  let source: String
  var table: Int?
  var trigger: BodyProblem.Trigger?
  var oldTable: String?
  var newTable: String?

  /// - Parameters:
  ///   - functions: All of that name, whichever their arguments.
  ///   - oids: Functions besides those.
  static func read(
    _ functions: Set<QualifiedName>, _ triggers: [Catalog.Trigger], _ oids: Set<Int>, on connection: isolated Connection
  ) async throws(PostgresError) -> [Subject] {
    let names = functions.sorted()
    let rows = try await connection.query(
      query,
      [
        names.map(\.schema), names.map(\.name), triggers.map(\.table.schema), triggers.map(\.table.name),
        triggers.map(\.name), oids.sorted(),
      ])
    return try rows.map { row throws(PostgresError) in
      let (oid, schema, name, arguments, source) = try row.decode(
        Int.self, String.self, String.self, String.self, String.self)
      var subject = Subject(
        oid: oid, function: QualifiedName(schema: schema, name: name), arguments: arguments, source: source)
      guard let table = row["trigger_table"], let tableSchema = row["trigger_schema"], let trigger = row["trigger"]
      else { return subject }
      subject.table = try row.decode("table_oid", as: Int?.self)
      subject.trigger = .init(name: trigger, table: QualifiedName(schema: tableSchema, name: table))
      (subject.oldTable, subject.newTable) = (row["old_table"], row["new_table"])
      return subject
    }
  }

  /// A trigger's function without a trigger cannot be looked at.
  private static let query = """
    select
      p.oid::int8, n.nspname::text, p.proname::text, pg_catalog.oidvectortypes(p.proargtypes), p.prosrc,
      c.oid::int8 as table_oid, s.nspname::text as trigger_schema, c.relname::text as trigger_table,
      t.tgname::text as trigger, t.tgoldtable::text as old_table, t.tgnewtable::text as new_table
    from pg_catalog.pg_proc p
    join pg_catalog.pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    left join pg_catalog.pg_trigger t
      on t.tgfoid = p.oid and not t.tgisinternal and t.tgparentid = 0
      and p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
    left join pg_catalog.pg_class c on c.oid = t.tgrelid
    left join pg_catalog.pg_namespace s on s.oid = c.relnamespace
    where
      (t.oid is not null or p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype)
      and (
        p.oid::int8 = any ($6::int8[])
        or exists (
          select from unnest($1::text[], $2::text[]) as f (schema, name)
          where f.schema = n.nspname and f.name = p.proname)
        or exists (
          select from unnest($3::text[], $4::text[], $5::text[]) as f (schema, relation, name)
          where f.schema = s.nspname and f.relation = c.relname and f.name = t.tgname))
    order by n.nspname, p.proname, p.oid, s.nspname, c.relname, t.tgname
    """
}

extension FunctionCheck {
  /// What is wrong with functions and with triggers' functions, and what the migrations broke in others.
  ///
  /// - Parameter connection: Within a transaction that is taken back.
  func problems(
    of functions: Set<QualifiedName>, _ triggers: [Catalog.Trigger], on connection: isolated Connection
  ) async throws(PostgresError) -> [BodyProblem] {
    let subjects = try await Subject.read(functions, triggers, Set(dependents.keys), on: connection)
    guard !subjects.isEmpty else { return [] }
    let schema = try await Self.extensionSchema(on: connection)
    let standIns = try await standIns(on: connection)
    var problems: [BodyProblem] = []
    for subject in subjects {
      for var problem in try await Self.problems(of: subject, schema, on: connection) {
        if let dependent = dependents[subject.oid], !subject.isAmong(functions, triggers) {
          guard problem.level == .error, !dependent.problems.contains(problem.message) else { continue }
          problem.cause = dependent.cause
        }
        problem.standIn = standIns.first { $0.isToBlame(for: problem) }?.name
        problems.append(problem)
      }
    }
    return problems
  }

  /// Makes the extension unless the migrations have; its schema, quoted.
  private static func extensionSchema(on connection: isolated Connection) async throws(PostgresError) -> String {
    let query = """
      select n.nspname::text from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'plpgsql_check'
      """
    if let row = try await connection.query(query).first { return Identifier.quoted(try row.decode(String.self)) }
    try await connection.execute("create schema penstock_examination")
    try await connection.execute("create extension plpgsql_check schema penstock_examination")
    return "penstock_examination"
  }

  /// Each function by itself: of one, the extension may be unable to say anything.
  private static func problems(
    of subject: Subject, _ schema: String, on connection: isolated Connection
  ) async throws(PostgresError) -> [BodyProblem] {
    let query = """
      select level, message, detail, hint, sqlstate, lineno::int8 as line, "position"::int8 as place, query
      from \(schema).plpgsql_check_function_tb(
        $1::int8::oid::regprocedure, $2::int8::oid::regclass, fatal_errors => false, other_warnings => true,
        performance_warnings => true, extra_warnings => true, security_warnings => true,
        oldtable => $3::name, newtable => $4::name)
      """
    try await connection.execute("savepoint penstock_function")
    var problems: [BodyProblem] = []
    do throws(PostgresError) {
      let rows = try await connection.query(
        query, [subject.oid, subject.table ?? 0, subject.oldTable, subject.newTable])
      for row in rows {
        if let problem = try problem(row, of: subject) { problems.append(problem) }
      }
    } catch {
      guard error.code == .server else { throw error }
    }
    try await connection.execute("rollback to savepoint penstock_function")
    return problems
  }

  private static func problem(_ row: Row, of subject: Subject) throws(PostgresError) -> BodyProblem? {
    guard let level = row["level"].flatMap(BodyProblem.Level.init), let message = row["message"] else { return nil }
    // What the function's SQL is that it puts together when it runs, nobody knows.
    if level == .performance, row["detail"]?.hasPrefix("attention") == true { return nil }
    var problem = BodyProblem(
      function: subject.function, arguments: subject.arguments, level: level, message: message)
    problem.detail = row["detail"].flatMap { $0.isEmpty ? nil : $0 }
    problem.hint = row["hint"].flatMap { $0.isEmpty ? nil : $0 }
    problem.sqlState = row["sqlstate"]
    problem.line = try row.decode("line", as: Int?.self)
    problem.word = try word(row)
    problem.trigger = subject.trigger
    return subject.makes(problem) ? nil : problem
  }

  /// The word at the position in the statement's query, which counts characters from 1.
  private static func word(_ row: Row) throws(PostgresError) -> String? {
    guard let query = row["query"], let place = try row.decode("place", as: Int?.self), place > 0 else { return nil }
    let word = query.dropFirst(place - 1).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return word.isEmpty ? nil : String(word)
  }

  private struct InstalledStandIn {
    let name: String
    let schema: String
    let isPreinstalled: Bool

    /// Whether what is missed may be what the stand-in leaves out.
    func isToBlame(for problem: BodyProblem) -> Bool {
      guard let state = problem.sqlState, ["42883", "42P01", "42703", "42704"].contains(state) else { return false }
      if !["public", "extensions"].contains(schema), problem.message.contains("\(schema).") { return true }
      return state == "42883" && !isPreinstalled && !problem.message.contains("public.")
    }
  }

  private func standIns(on connection: isolated Connection) async throws(PostgresError) -> [InstalledStandIn] {
    let query = """
      select e.extname::text, n.nspname::text from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = any ($1::text[]) order by e.extname
      """
    return try await connection.query(query, [standIns.sorted()]).map { row throws(PostgresError) in
      let (name, schema) = try row.decode(String.self, String.self)
      return InstalledStandIn(name: name, schema: schema, isPreinstalled: preinstalled.contains(name))
    }
  }
}

extension Subject {
  func isAmong(_ functions: Set<QualifiedName>, _ triggers: [Catalog.Trigger]) -> Bool {
    functions.contains(function)
      || triggers.contains { $0.name == trigger?.name && $0.table == trigger?.table }
  }

  /// Whether the relation that is missed is a table that the body itself makes.
  fileprivate func makes(_ problem: BodyProblem) -> Bool {
    guard problem.sqlState == "42P01", let name = problem.message.split(separator: "\"").dropFirst().first else {
      return false
    }
    let words = source.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
    let table = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return words.indices.contains { index in
      guard words[index] == "table", words[..<index].suffix(3).contains("create") else { return false }
      return words[index...].prefix(6).contains { $0 == table }
    }
  }
}

// MARK: - Functions that others break

/// What a statement takes from those who name it.
struct Breakage {
  let cause: BodyProblem.Cause
  /// All of which a body must have, in lowercase.
  let words: [String]

  static func of(_ application: Application) -> [Breakage] {
    application.script.statements.enumerated().flatMap { index, statement in
      statement.syntax.brokenNames.map {
        Breakage(
          cause: .init(path: application.migration.path, statement: index), words: $0.map { $0.lowercased() })
      }
    }
  }
}

extension FunctionCheck {
  /// Remembers the functions that have all words of one of the breakages.
  ///
  /// - Parameter connection: To a shadow without the migrations, within a transaction that is taken back.
  mutating func noteDependents(of breakages: [Breakage], on connection: isolated Connection) async throws(PostgresError)
  {
    let words = Set(breakages.flatMap(\.words)).sorted()
    let rows = try await connection.query(
      """
      select p.oid::int8, pg_catalog.lower(p.prosrc)
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
      where p.oid >= 16384
        and exists (select from unnest($1::text[]) w where pg_catalog.strpos(pg_catalog.lower(p.prosrc), w) > 0)
      """, [words])
    var causes: [Int: BodyProblem.Cause] = [:]
    for row in rows {
      let (oid, source) = try row.decode(Int.self, String.self)
      let words = Set(source.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
      causes[oid] = breakages.first { $0.words.allSatisfy(words.contains) }?.cause
    }
    guard !causes.isEmpty else { return }
    var problems: [Int: Set<String>] = [:]
    let schema = try await Self.extensionSchema(on: connection)
    for subject in try await Subject.read([], [], Set(causes.keys), on: connection) {
      let found = try await Self.problems(of: subject, schema, on: connection)
      problems[subject.oid, default: []].formUnion(found.map(\.message))
    }
    for (oid, problems) in problems {
      dependents[oid] = causes[oid].map { Dependent(cause: $0, problems: problems) }
    }
  }
}

extension Syntax {
  /// The names, each with what it is a part of, by which nobody finds what he found before.
  fileprivate var brokenNames: [[String]] {
    switch self {
    case .drop(let drop) where drop.kind != .policy && drop.kind != .trigger && drop.kind != .index:
      drop.objects.map { [$0.name.name] }
    case .setSchema(let move): [[move.object.name.name]]
    case .rename(let rename) where rename.object.kind == .column:
      [[rename.object.name.name] + [rename.object.owner?.name].compactMap(\.self)]
    case .rename(let rename) where rename.object.owner == nil: [[rename.object.name.name]]
    case .alterTable(let alter):
      alter.commands.compactMap { command in
        switch command.action {
        case .dropColumn(let column, _), .alterColumnType(let column, _, _): [alter.name.name, column]
        default: nil
        }
      }
    default: []
    }
  }
}
