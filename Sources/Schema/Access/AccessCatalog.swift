internal import Postgres

/// What the catalogs say about who may do what, before it is known what follows from it.
struct AccessCatalog {
  /// Numbers of roles, relations, policies (`oid`).
  typealias Number = Int64

  /// A role that commands are run as: an API role, or the owner of a view, whose rights the view asks.
  struct Principal {
    var name: String
    var isAPI: Bool
    var bypassesRowSecurity: Bool
    /// Roles whose rights it has, as far as they own relations; itself among them.
    var owners: Set<Number>
    /// Schemas that it may name objects of.
    var schemas: Set<Number>
  }

  struct Relation {
    var name: QualifiedName
    var kind: Fact.Kind
    var schema: Number
    var owner: Number
    var hasRowSecurity: Bool
    var forcesRowSecurity: Bool
    var isInvoker: Bool
    /// A relation with the same owner and the same grants.
    var sample: Number
    /// Commands that change rows, and that the relation takes.
    var updatable: Set<Privilege>
    /// Commands in whose place a trigger or a rule does something.
    var code: Set<Privilege>
    /// Whether the matrix is about it; otherwise it is only below one that is.
    var isSubject: Bool
  }

  /// A relation that a view or a policy's subquery reads.
  struct Read {
    var relation: Number
    /// The columns that it names, by number; 0 where it names none.
    var columns: Set<Int64>
  }

  /// A right that is for single columns only.
  struct ColumnGrant {
    var select: Set<Int64> = []
    var insert: Set<Int64> = []
    var update: Set<Int64> = []

    subscript(command: Privilege) -> Set<Int64> {
      switch command {
      case .select: select
      case .insert: insert
      case .update: update
      default: []
      }
    }
  }

  /// Of something that one role has on one relation.
  struct Key: Hashable {
    var role: Number
    var relation: Number
  }

  private(set) var principals: [Number: Principal] = [:]
  private(set) var relations: [Number: Relation] = [:]
  /// By role and ``Relation/sample``.
  private(set) var grants: [Key: Set<Privilege>] = [:]
  /// Of relations of which some column has grants of its own.
  private(set) var columnGrants: [Key: ColumnGrant] = [:]
  private(set) var columnNames: [Number: [Int64: String]] = [:]
  /// By view and the number of its column: the column of another relation that it is.
  private(set) var origins: [Number: [Int64: (relation: Number, column: Int64)]] = [:]
  /// Views that read the relation of those columns a second time, in a subquery.
  private(set) var readsTargetAgain: Set<Number> = []
  private(set) var readsOfViews: [Number: [Read]] = [:]
  /// Of all of a policy's expressions together.
  private var readsOfPolicies: [Number: [Read]] = [:]
  /// By table.
  private(set) var policies: [Number: [Policy]] = [:]
  private(set) var routines: [AccessMatrix.Routine] = []

  /// Reads what is needed for some roles; those that are not there are left out.
  init(_ reading: Snapshot.Reading, scope: Scope, roles: [String]) async throws(PostgresError) {
    let results = try await reading.run(AccessQuery.allCases.map { $0.query(scope: scope, roles: roles) })
    for (query, rows) in zip(AccessQuery.allCases, results) {
      for row in rows { try take(row, of: query) }
    }
    for (table, policies) in policies {
      self.policies[table] = policies.map { policy in
        var policy = policy
        policy.findReads(among: readsOfPolicies[policy.number] ?? [], of: table, in: self)
        return policy
      }
    }
  }

  private mutating func take(_ row: Row, of query: AccessQuery) throws(PostgresError) {
    switch query {
    case .principals:
      let (number, name, isAPI, bypasses, owners, schemas) = try row.decode(
        Int64.self, String.self, Bool.self, Bool.self, [Int64].self, [Int64].self)
      principals[number] = Principal(
        name: name, isAPI: isAPI, bypassesRowSecurity: bypasses, owners: Set(owners), schemas: Set(schemas))
    case .relations:
      let (number, schema, name, kind, namespace, owner, security, forced, invoker, sample, updatable, code, subject) =
        try row.decode(
          Int64.self, String.self, String.self, String.self, Int64.self, Int64.self, Bool.self, Bool.self, Bool.self,
          Int64.self, Int.self, Int.self, Bool.self)
      relations[number] = Relation(
        name: QualifiedName(schema: schema, name: name), kind: Self.kinds[kind] ?? .table, schema: namespace,
        owner: owner, hasRowSecurity: security, forcesRowSecurity: forced, isInvoker: invoker, sample: sample,
        updatable: Self.commands(in: updatable), code: Self.commands(in: code), isSubject: subject)
    case .grants:
      let (role, sample, select, insert, update, delete) = try row.decode(
        Int64.self, Int64.self, Bool.self, Bool.self, Bool.self, Bool.self)
      var held: Set<Privilege> = []
      if select { held.insert(.select) }
      if insert { held.insert(.insert) }
      if update { held.insert(.update) }
      if delete { held.insert(.delete) }
      grants[Key(role: role, relation: sample)] = held
    case .columns:
      let (role, relation, column, name, select, insert, update) = try row.decode(
        Int64.self, Int64.self, Int64.self, String.self, Bool.self, Bool.self, Bool.self)
      columnNames[relation, default: [:]][column] = name
      let key = Key(role: role, relation: relation)
      if select { columnGrants[key, default: ColumnGrant()].select.insert(column) }
      if insert { columnGrants[key, default: ColumnGrant()].insert.insert(column) }
      if update { columnGrants[key, default: ColumnGrant()].update.insert(column) }
    case .origins:
      let (view, column, name, relation, origin, again) = try row.decode(
        Int64.self, Int64.self, String.self, Int64.self, Int64.self, Bool.self)
      columnNames[view, default: [:]][column] = name
      if relation != 0 { origins[view, default: [:]][column] = (relation, origin) }
      if again { readsTargetAgain.insert(view) }
    case .reads:
      let (reader, policy, relation, columns) = try row.decode(Int64.self, Int64?.self, Int64.self, [Int64].self)
      let read = Read(relation: relation, columns: Set(columns))
      if let policy {
        readsOfPolicies[policy, default: []].append(read)
      } else {
        readsOfViews[reader, default: []].append(read)
      }
    case .policies:
      let (number, table, name, command, permissive, using, check, roles, forbidden) = try row.decode(
        Int64.self, Int64.self, String.self, String.self, Bool.self, String?.self, String?.self, [Int64].self,
        [String].self)
      let functions = forbidden.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
      policies[table, default: []].append(
        Policy(
          number: number, name: name, command: Self.policyCommands[command], isPermissive: permissive, using: using,
          check: check, principals: Set(roles),
          forbidden: Dictionary(grouping: functions) { Int64($0[0]) ?? 0 }.mapValues { $0.map { $0[1] } }))
    case .routines:
      let (schema, name, kind, arguments, owner, roles) = try row.decode(
        String.self, String.self, String.self, String.self, String?.self, [String].self)
      routines.append(
        AccessMatrix.Routine(
          name: QualifiedName(schema: schema, name: name), kind: Fact.Kind(rawValue: kind) ?? .function,
          arguments: arguments, runsAs: owner, roles: roles))
    }
  }

  private static let kinds: [String: Fact.Kind] = [
    "r": .table, "p": .table, "v": .view, "m": .materializedView, "f": .foreignTable,
  ]

  private static let policyCommands: [String: Privilege] = [
    "r": .select, "a": .insert, "w": .update, "d": .delete,
  ]

  /// Reads the bits of `pg_relation_is_updatable`: 1 shifted by PostgreSQL's numbers of the commands.
  private static func commands(in bits: Int) -> Set<Privilege> {
    let numbers: [(bit: Int, command: Privilege)] = [(4, .update), (8, .insert), (16, .delete)]
    return Set(numbers.filter { bits & $0.bit != 0 }.map(\.command))
  }
}

extension Privilege {
  /// The commands that the matrix is about, in its order.
  package static let commands: [Privilege] = [.select, .insert, .update, .delete]
}
