import Postgres
import Testing

@testable import Schema

/// A database in which roles, grants, row security, policies, views and memberships are as chance has it, always the
/// same for one seed; and what happens in it when a role tries a command.
struct AccessCase {
  static let roles = ["access_a", "access_b", "access_c"]
  private static let others = ["access_owner", "access_group"]

  private var random: SplitMix
  private(set) var script: [String] = []
  /// Relations with the columns `id`, `a` and `b`.
  private(set) var relations: [String] = []
  /// Of each view what it selects, with `{relation}` for what it selects from.
  private(set) var views: [String: String] = [:]

  init(seed: UInt64) {
    random = SplitMix(state: seed)
    makeRoles()
    let count = 2 + random.below(2)
    for number in 0..<count { makeTable("t\(number)") }
    for number in 0..<count { makePolicies(on: "t\(number)", tables: (0..<count).map { "t\($0)" }) }
    for number in 0..<(1 + random.below(4)) { makeView("v\(number)") }
    for schema in ["access_s", "access_hidden"] {
      for role in Self.roles + ["public"] where random.chance(schema == "access_s" ? 0.8 : 0.2) {
        script.append("grant usage on schema \(schema) to \(role)")
      }
    }
  }

  private mutating func makeRoles() {
    for role in Self.roles + Self.others {
      let bypasses = random.chance(0.08) ? " bypassrls" : ""
      let inherits = random.chance(0.2) ? " noinherit" : ""
      script.append("create role \(role)\(bypasses)\(inherits)")
    }
    for (index, role) in Self.roles.enumerated() {
      for other in Self.others + Self.roles[(index + 1)...] where random.chance(0.15) {
        script.append("grant \(other) to \(role)")
      }
      if random.chance(0.04) { script.append("grant pg_read_all_data to \(role)") }
      if random.chance(0.04) { script.append("grant pg_write_all_data to \(role)") }
    }
    script += ["create schema access_s", "create schema access_hidden"]
    // Who is asked to check a policy may call this, or not.
    script.append("create function access_s.even(x int) returns bool language plpgsql as 'begin return x % 2 = 0; end'")
    if random.chance(0.3) {
      script.append("revoke execute on function access_s.even from public")
      for role in Self.roles where random.chance(0.5) {
        script.append("grant execute on function access_s.even to \(role)")
      }
    }
  }

  private mutating func makeTable(_ name: String) {
    let table = "\(random.chance(0.85) ? "access_s" : "access_hidden").\(name)"
    relations.append(table)
    script += [
      "create table \(table) (id int, a int, b int)",
      "insert into \(table) select i, i % 3, i % 2 from generate_series(1, 8) i",
    ]
    grant(on: table)
    own(table, "table")
    if random.chance(0.7) { script.append("alter table \(table) enable row level security") }
    if random.chance(0.2) { script.append("alter table \(table) force row level security") }
  }

  private mutating func own(_ relation: String, _ kind: String) {
    guard random.chance(0.6) else { return }
    let owner = random.pick(["access_owner", "access_owner", "access_group", "access_a"])
    script.append("alter \(kind) \(relation) owner to \(owner)")
  }

  private mutating func grant(on relation: String) {
    for role in Self.roles + Self.others + ["public"] where random.chance(role == "public" ? 0.15 : 0.6) {
      for command in Privilege.commands where random.chance(0.5) {
        let columns = command != .delete && random.chance(0.25) ? " (\(random.subset(of: ["id", "a", "b"])))" : ""
        script.append("grant \(command.rawValue)\(columns) on \(relation) to \(role)")
      }
    }
    if random.chance(0.2) {
      script.append("revoke \(random.pick(Privilege.commands).rawValue) on \(relation) from access_a")
    }
  }

  private mutating func makePolicies(on name: String, tables: [String]) {
    let table = relations.first { $0.hasSuffix(".\(name)") }!
    for number in 0..<random.below(5) {
      let command = random.pick(["select", "insert", "update", "delete", "all", "all"])
      let roles = random.chance(0.3) ? "public" : random.subset(of: Self.roles + Self.others)
      var text = "create policy p\(number) on \(table) as \(random.chance(0.75) ? "permissive" : "restrictive")"
      text += " for \(command) to \(roles)"
      if command != "insert" { text += " using (\(expression()))" }
      if command != "select", command != "delete", command == "insert" || random.chance(0.5) {
        text += " with check (\(expression()))"
      }
      script.append(text)
    }
  }

  private mutating func expression() -> String {
    switch random.below(12) {
    case 0, 1: return "true"
    case 2: return "false"
    case 3: return "access_s.even(id)"
    case 4, 5: return "exists (select from \(random.pick(relations)) o where o.a = 1)"
    case 6: return "(select 1) = 1"
    case 7: return "a = 1 or b = 0"
    case 8: return "a = 1 and b = 0"
    default: return random.pick(["id > 3", "a = 1", "b = 0", "id % 2 = 1", "a in (0, 1)"])
    }
  }

  private mutating func makeView(_ name: String) {
    let view = "\(random.chance(0.85) ? "access_s" : "access_hidden").\(name)"
    // The superuser fills a materialized view, and who owns a view below it may not be able to.
    let isMaterialized = random.chance(0.1)
    let relations = isMaterialized ? self.relations.filter { views[$0] == nil } : self.relations
    let below = random.pick(relations)
    let body =
      switch random.below(7) {
      case 0: "select * from {\(below)} r where id > 2"
      case 1: "select id, a, b from {\(below)} r where exists (select from {\(random.pick(relations))} o)"
      case 2: "select x.id, x.a, y.b from {\(below)} x left join {\(random.pick(relations))} y on x.id = y.id"
      case 3: "select id, b as a, a as b from {\(below)} r"
      case 4: "select distinct id, a, b from {\(below)} r"
      default: "select id, a, b from {\(below)} r"
      }
    views[view] = body
    let query = body.replacing("{", with: "").replacing("}", with: "")
    if isMaterialized {
      script.append("create materialized view \(view) as \(query)")
      grant(on: view)
      own(view, "materialized view")
    } else {
      let invoker = random.chance(0.4) ? " with (security_invoker = \(random.pick(["true", "on", "1"])))" : ""
      script.append("create view \(view)\(invoker) as \(query)")
      grant(on: view)
      own(view, "view")
    }
    self.relations.append(view)
  }
}

// MARK: - What the matrix says will happen

extension AccessCase {
  struct Attempt {
    let role: String
    let command: String
    let expectation: Expectation
    let because: Right
  }

  enum Expectation {
    case refused
    /// An error, or no row.
    case nothing
    /// No error but that of a policy's check, and so many rows as a query says; nil where that is not foretold, a query
    /// that gives NULL where the check fails.
    case runs(rows: String?)
  }

  /// What each role is to try on each relation.
  func attempts(_ matrix: AccessMatrix) throws -> [Attempt] {
    try matrix.relations.flatMap { relation in
      try Self.roles.flatMap { role in
        let rights = try #require(relation[role])
        return attempts(role, rights, on: "\(relation.name)")
      }
    }
  }

  private func attempts(_ role: String, _ rights: AccessMatrix.Rights, on name: String) -> [Attempt] {
    func attempt(_ command: String, _ right: Right, _ column: String? = nil, rows: @autoclosure () -> String?)
      -> Attempt
    {
      let mayName = column.map { right.columns?.contains($0) ?? true } ?? true
      let expectation: Expectation =
        if right.extent == .no {
          right.reason == "no grant" || right.reason?.hasPrefix("no USAGE") == true ? .refused : .nothing
        } else if !mayName {
          .refused
        } else {
          .runs(rows: rows())
        }
      return Attempt(role: role, command: command, expectation: expectation, because: right)
    }
    let columns = ["id", "a", "b"]
    var attempts = [
      attempt("select from \(name)", rights.select, rows: count(of: rights.select, name)),
      attempt("delete from \(name)", rights.delete, rows: count(of: rights.delete, name)),
    ]
    for column in columns {
      attempts += [
        attempt("select \(column) from \(name)", rights.select, column, rows: count(of: rights.select, name)),
        attempt(
          "insert into \(name) (\(column)) values (1)", rights.insert, column,
          rows: insertion(columns.map { $0 == column ? "1" : "null" }, rights.insert, name)),
        attempt(
          "update \(name) set \(column) = 1", rights.update, column, rows: update(column, [rights.update], name)),
      ]
    }
    if rights.insert.columns == nil {
      attempts.append(
        attempt(
          "insert into \(name) (id, a, b) values (9, 1, 0)", rights.insert,
          rows: insertion(["9", "1", "0"], rights.insert, name)))
    }
    // Commands that read need the right to read, too.
    let mayRead = rights.select.columns?.contains("id") ?? true
    for (right, command) in [(rights.update, "update \(name) set a = 1"), (rights.delete, "delete from \(name)")]
    where right.columns?.contains("a") ?? true {
      let needed = right.extent == .no ? right : rights.select
      let both = [right, rights.select]
      let rows =
        command.hasPrefix("update")
        ? update("a", both, name) : filtered(both, name).map { "select count(*) from \($0) r" }
      let reading = attempt("\(command) where id > 0", needed, rows: rows)
      attempts.append(
        mayRead || right.extent == .no
          ? reading
          : Attempt(role: role, command: reading.command, expectation: .refused, because: rights.select))
    }
    return attempts
  }

  private func count(of right: Right, _ name: String) -> String? {
    filtered([right], name).map { "select count(*) from \($0) r" }
  }

  /// How many rows an insertion adds, or NULL for none.
  private func insertion(_ values: [String], _ right: Right, _ name: String) -> String? {
    guard right.extent != .no, let table = table(below: name), hasOwnNames(name), isForetold([right]) else {
      return nil
    }
    let check = Self.condition([right], \.check, of: table)
    return
      "select case when \(check) then 1 end from (values (\(values.joined(separator: "::int, "))::int)) r (id, a, b)"
  }

  /// How many rows an update of a column to 1 changes, or NULL when it may not leave one of them so.
  private func update(_ column: String, _ rights: [Right], _ name: String) -> String? {
    guard rights.allSatisfy({ $0.extent != .no }), let table = table(below: name), hasOwnNames(name),
      let rows = filtered(rights, name)
    else { return nil }
    let columns = ["id", "a", "b"].map { $0 == column ? "1 as \($0)" : $0 }.joined(separator: ", ")
    let checks =
      "\(Self.condition([rights[0]], \.check, of: table)) and \(Self.condition(Array(rights.dropFirst()), \.using, of: table))"
    return """
      select case when coalesce(bool_and(coalesce(\(checks), false)), true) then count(*) end
      from (select \(columns) from \(rows) r) r
      """
  }

  /// The rows of a relation that rights let a command reach, as a subquery for the superuser; nil when they depend on
  /// who asks in a way that is not told by the rights.
  private func filtered(_ rights: [Right], _ name: String) -> String? {
    guard rights.allSatisfy({ $0.extent != .no && $0.extent != .code }), isForetold(rights) else { return nil }
    guard let body = views[name] else {
      return "(select * from \(name) where \(Self.condition(rights, \.using, of: name)))"
    }
    if isMaterialized(name) { return name }
    // A table that is there twice may be reached by two roles.
    guard let names = tables(below: name), Set(names).count == names.count else { return nil }
    var text = body
    for below in Self.placeholders(in: body) {
      guard let rows = filtered(rights, below) else { return nil }
      text = text.replacing("{\(below)}", with: rows)
    }
    return "(\(text))"
  }

  private func isForetold(_ rights: [Right]) -> Bool {
    rights.allSatisfy { right in
      right.policies.allSatisfy { !"\($0.using ?? "") \($0.check ?? "")".contains("FROM ") }
    }
  }

  private func isMaterialized(_ name: String) -> Bool {
    script.contains { $0.hasPrefix("create materialized view \(name) ") }
  }

  private func tables(below name: String) -> [String]? {
    guard let body = views[name] else { return [name] }
    guard !isMaterialized(name) else { return nil }
    var all: [String] = []
    for below in Self.placeholders(in: body) {
      guard let tables = tables(below: below) else { return nil }
      all += tables
    }
    return all
  }

  private func table(below name: String) -> String? {
    let tables = tables(below: name) ?? []
    return tables.count == 1 ? tables[0] : nil
  }

  /// Whether the columns of a view are called what the table's are.
  private func hasOwnNames(_ name: String) -> Bool {
    guard let body = views[name] else { return true }
    return !body.contains("b as a") && Self.placeholders(in: body).allSatisfy(hasOwnNames)
  }

  private static func placeholders(in body: String) -> [String] {
    body.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
  }

  /// What all of the rights ask of a table's rows.
  private static func condition(
    _ rights: [Right], _ side: KeyPath<AppliedPolicy, String?>, of table: String
  ) -> String {
    let conditions = rights.map { right in
      if right.hidden.contains(where: { "\($0)" == table }) { return "false" }
      let policies = right.policies.filter { "\($0.table)" == table }
      let permissive = policies.filter(\.isPermissive).compactMap { $0[keyPath: side] }
      let restrictive = policies.filter { !$0.isPermissive }.compactMap { $0[keyPath: side] }
      let allowed = permissive.isEmpty ? "true" : permissive.map { "coalesce(\($0), false)" }.joined(separator: " or ")
      return (["(\(allowed))"] + restrictive.map { "coalesce(\($0), false)" }).joined(separator: " and ")
    }
    return conditions.isEmpty ? "true" : conditions.map { "(\($0))" }.joined(separator: " and ")
  }
}

/// SplitMix64: small, and the same everywhere.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func chance(_ share: Double) -> Bool { Double(next() >> 11) / Double(1 << 53) < share }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// At least one of them, in their order, with commas between.
  mutating func subset(of list: [String]) -> String {
    var chosen: [String] = []
    for element in list where chance(0.5) { chosen.append(element) }
    return (chosen.isEmpty ? [pick(list)] : chosen).joined(separator: ", ")
  }
}
