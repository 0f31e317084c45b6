/// Grants and default privileges.
///
/// An object is born with rights: its owner's, those that PostgreSQL gives everybody, and those that default privileges
/// add. What a plan says is what turns these into the rights wanted.
extension StatementWriter {
  /// Takes away what a new object is born with and shall not have.
  func initialGrants(_ fact: Fact) -> [String] {
    let object = fact.id.object
    let wanted = Set(
      planner.target.members(of: object).filter { $0.kind == .grant && $0.member == nil }
        .compactMap { planner.target[$0]?["grantee"] })
    let outOfPlace = outOfPlace(fact)
    return bornWith(fact).keys.sorted().filter { !wanted.contains($0) || outOfPlace.contains($0) }.map {
      "REVOKE ALL ON \(grantTarget(object)) FROM \(Self.grantee($0))"
    }
  }

  /// What the grantee of a grant has on its object when that is new.
  func initialGrant(like fact: Fact) -> Fact? {
    guard fact.id.member == nil, let own = planner.target[fact.id.own], let grantee = fact["grantee"],
      let rights = bornWith(own)[grantee], !outOfPlace(own).contains(grantee)
    else { return nil }
    return Fact(
      id: fact.id,
      attributes: [
        .init(name: "grantee", value: grantee),
        .init(name: "privileges", value: rights.all.map(\.rawValue).sorted().joined(separator: ", ")),
      ]
        + (rights.grantable.isEmpty
          ? []
          : [
            .init(name: "with grant option", value: rights.grantable.map(\.rawValue).sorted().joined(separator: ", "))
          ]))
  }

  /// Those that a new object is born with rights of, and shall have where others come before them.
  private func outOfPlace(_ fact: Fact) -> [String] {
    guard planner.options.columnOrder == .exact, let wanted = planner.target.unsaid.grantees[fact.id] else { return [] }
    let born = planner.source.unsaid.sorted(bornWith(fact).keys.filter { $0 != fact["owner"] ?? role })
    return Unsaid.outOfPlace(born, wanted: wanted)
  }

  private func all(on kind: Fact.Kind) -> Set<Privilege> {
    Privilege.all(on: kind, serverVersion: planner.source.serverVersion)
  }

  private func set(from list: String?, on kind: Fact.Kind) -> Set<Privilege> {
    Privilege.set(from: list, on: kind, serverVersion: planner.source.serverVersion)
  }

  struct Rights {
    var all: Set<Privilege> = []
    var grantable: Set<Privilege> = []
  }

  /// By grantee, once the object has its owner.
  private func bornWith(_ fact: Fact) -> [String: Rights] {
    let kind = fact.id.object.kind
    guard !all(on: kind).isEmpty else { return [:] }
    let owner = fact["owner"] ?? role
    var rights: [String: Rights] = [:]
    let defaults = planner.source.facts.values.filter {
      $0.id.kind == .defaultPrivileges && $0.id.object.name == role && $0.id.qualifier == kind.defaultPrivilegesName
        && ($0.id.object.schema == nil || $0.id.object.schema == fact.id.object.schema)
    }
    func add(_ grants: [String: Rights]) {
      for (grantee, new) in grants {
        let name = grantee == role ? owner : grantee
        rights[name, default: Rights()].all.formUnion(new.all)
        rights[name, default: Rights()].grantable.formUnion(new.grantable)
      }
    }
    if let global = defaults.first(where: { $0.id.object.schema == nil }) {
      add(self.rights(in: global, on: kind))
    } else {
      add([role: Rights(all: all(on: kind))])
      if kind.isOpenToPublic { add(["public": Rights(all: all(on: kind))]) }
    }
    for fact in defaults where fact.id.object.schema != nil { add(self.rights(in: fact, on: kind)) }
    return rights
  }

  /// Reads `postgres: ALL; anon: SELECT (with grant option: SELECT)`.
  private func rights(in fact: Fact, on kind: Fact.Kind) -> [String: Rights] {
    var rights: [String: Rights] = [:]
    for grant in (fact["privileges"] ?? "").split(separator: "; ") {
      let parts = grant.split(separator: ": ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let lists = parts[1].split(separator: " (with grant option: ", maxSplits: 1)
      let grantable = lists.count > 1 ? String(lists[1].dropLast()) : nil
      rights[Identifier.path(of: String(parts[0])).joined(separator: ".")] = Rights(
        all: set(from: String(lists[0]), on: kind), grantable: set(from: grantable, on: kind))
    }
    return rights
  }

  // MARK: Grants

  /// - Parameter from: What the grantee has; nil for nothing.
  func grant(from old: Fact?, to new: Fact?) -> [String] {
    guard let id = (new ?? old)?.id, let grantee = (new ?? old)?["grantee"] else { return [] }
    // With the owner its rights have changed hands.
    if let before = planner.source[id.own]?["owner"], let after = planner.target[id.own]?["owner"], before != after,
      !planner.isMade(id.own)
    {
      if new == nil, grantee == before { return [] }
      if old == nil, grantee == after,
        let same = planner.source.facts.values.first(where: {
          $0.id.kind == .grant && $0.id.object == id.object && $0.id.member == id.member && $0["grantee"] == before
        }), same["privileges"] == new?["privileges"]
      {
        return []
      }
    }
    let kind = id.object.kind
    let before = Rights(
      all: set(from: old?["privileges"], on: kind),
      grantable: set(from: old?["with grant option"], on: kind))
    let after = Rights(
      all: set(from: new?["privileges"], on: kind),
      grantable: set(from: new?["with grant option"], on: kind))
    let target = grantTarget(id.object)
    let role = Self.grantee(grantee)
    func list(_ privileges: Set<Privilege>) -> String { self.list(privileges, on: id) }
    var statements: [String] = []
    let revoked = before.all.subtracting(after.all)
    if !revoked.isEmpty { statements.append("REVOKE \(list(revoked)) ON \(target) FROM \(role)") }
    let unshared = before.grantable.subtracting(after.grantable).intersection(after.all)
    if !unshared.isEmpty { statements.append("REVOKE GRANT OPTION FOR \(list(unshared)) ON \(target) FROM \(role)") }
    let granted = after.all.subtracting(before.all).subtracting(after.grantable)
    if !granted.isEmpty { statements.append("GRANT \(list(granted)) ON \(target) TO \(role)") }
    let shared = after.grantable.subtracting(before.grantable)
    if !shared.isEmpty { statements.append("GRANT \(list(shared)) ON \(target) TO \(role) WITH GRANT OPTION") }
    return statements
  }

  private func list(_ privileges: Set<Privilege>, on id: Fact.ID) -> String {
    let column = id.member.map { " (\(Identifier.quoted($0.name)))" } ?? ""
    if id.member == nil, privileges == all(on: id.object.kind) { return "ALL" }
    return privileges.map { $0.rawValue + column }.sorted().joined(separator: ", ")
  }

  private func grantTarget(_ object: Fact.Object) -> String {
    let kind =
      switch object.kind {
      case .table, .foreignTable, .view, .materializedView: "TABLE"
      case .aggregate: "FUNCTION"
      case .foreignServer: "FOREIGN SERVER"
      case .domain: "TYPE"
      default: object.kind.keyword
      }
    return "\(kind) \(object.kind == .aggregate ? object.asFunction.qualifiedName : object.qualifiedName)"
  }

  private static func grantee(_ name: String) -> String {
    name == "public" ? "PUBLIC" : Identifier.quoted(name)
  }

  // MARK: Default privileges

  func defaultPrivileges(from old: Fact?, to new: Fact?) -> [String] {
    guard let id = (new ?? old)?.id, let kind = Fact.Kind.madeByDefault(id.qualifier ?? "") else { return [] }
    // Without a rule for all schemas, PostgreSQL's own holds.
    var own: [String: Rights] = [:]
    if id.object.schema == nil {
      own[id.object.name] = Rights(all: all(on: kind))
      if kind.isOpenToPublic { own["public"] = Rights(all: all(on: kind)) }
    }
    let before = old.map { rights(in: $0, on: kind) } ?? own
    let after = new.map { rights(in: $0, on: kind) } ?? own
    let schema = id.object.schema.map { " IN SCHEMA \(Identifier.quoted($0))" } ?? ""
    let prefix = "ALTER DEFAULT PRIVILEGES FOR ROLE \(Identifier.quoted(id.object.name))\(schema)"
    let objects = (id.qualifier ?? "").uppercased()
    func list(_ privileges: Set<Privilege>) -> String {
      privileges == all(on: kind) ? "ALL" : privileges.map(\.rawValue).sorted().joined(separator: ", ")
    }
    var statements: [String] = []
    for grantee in Set(before.keys).union(after.keys).sorted() {
      let (old, new) = (before[grantee] ?? Rights(), after[grantee] ?? Rights())
      let role = Self.grantee(grantee)
      let revoked = old.all.subtracting(new.all)
      if !revoked.isEmpty { statements.append("\(prefix) REVOKE \(list(revoked)) ON \(objects) FROM \(role)") }
      let unshared = old.grantable.subtracting(new.grantable).intersection(new.all)
      if !unshared.isEmpty {
        statements.append("\(prefix) REVOKE GRANT OPTION FOR \(list(unshared)) ON \(objects) FROM \(role)")
      }
      let granted = new.all.subtracting(old.all).subtracting(new.grantable)
      if !granted.isEmpty { statements.append("\(prefix) GRANT \(list(granted)) ON \(objects) TO \(role)") }
      let shared = new.grantable.subtracting(old.grantable)
      if !shared.isEmpty {
        statements.append("\(prefix) GRANT \(list(shared)) ON \(objects) TO \(role) WITH GRANT OPTION")
      }
    }
    return statements
  }
}

extension Fact.Object {
  /// An aggregate as `GRANT` knows it. One over ordered rows has two lists of arguments, `numeric ORDER BY text`, of which
  /// the second repeats what the first ends with if that is variadic.
  fileprivate var asFunction: Fact.Object {
    guard let arguments, let order = arguments.firstRange(of: "ORDER BY ") else { return self }
    let direct = arguments[..<order.lowerBound].trimmingTrailingSpace
    let ordered = String(arguments[order.upperBound...])
    let all = direct.hasSuffix(ordered) && ordered.hasPrefix("VARIADIC ") ? [direct] : [direct, ordered]
    return Fact.Object(
      kind: .function, schema: schema, name: name, arguments: all.filter { !$0.isEmpty }.joined(separator: ", "))
  }
}

extension Fact.Kind {
  /// Whether everybody may use a new object of this kind.
  var isOpenToPublic: Bool {
    [.function, .procedure, .aggregate, .enumeration, .compositeType, .domain, .baseType, .rangeType, .language]
      .contains(self)
  }

  /// What `ALTER DEFAULT PRIVILEGES` calls objects of this kind.
  fileprivate var defaultPrivilegesName: String? {
    switch self {
    case .table, .foreignTable, .view, .materializedView: "tables"
    case .sequence: "sequences"
    case .function, .procedure, .aggregate: "functions"
    case .enumeration, .domain, .compositeType, .baseType, .rangeType: "types"
    case .schema: "schemas"
    default: nil
    }
  }

  /// A kind that stands for all those that default privileges call so.
  fileprivate static func madeByDefault(_ name: String) -> Fact.Kind? {
    ["tables": .table, "sequences": .sequence, "functions": .function, "types": .domain, "schemas": .schema][name]
  }
}
