/// A schema's facts by identity, and what needs what among them: what the server says and what follows from what the
/// facts are.
struct SchemaIndex {
  let facts: [Fact.ID: Fact]
  let dependencies: Dependencies
  let unsaid: Unsaid
  let serverVersion: Int
  /// In the facts' order.
  private let membersByObject: [Fact.Object: [Fact.ID]]

  init(_ state: SchemaState) {
    let facts = Dictionary(state.snapshot.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var dependencies = state.dependencies
    var members: [Fact.Object: [Fact.ID]] = [:]
    for fact in state.snapshot.facts {
      let id = fact.id
      if id != id.own { members[id.object, default: []].append(id) }
      for needed in Self.structure(of: fact, facts) where facts[needed] != nil {
        dependencies.add(id, needs: needed, isAutomatic: needed.object == id.object || needed.member != nil)
      }
    }
    self.facts = facts
    unsaid = state.unsaid
    serverVersion = state.snapshot.serverVersion
    self.dependencies = dependencies
    membersByObject = members
  }

  /// What a fact needs by what it is: its object, its schema, what it is a comment on.
  private static func structure(of fact: Fact, _ facts: [Fact.ID: Fact]) -> [Fact.ID] {
    let id = fact.id
    guard id == id.own else {
      var needed = [id.subject]
      if id.subject != id.own { needed.append(id.own) }
      if id.kind == .extensionDependency, let name = id.qualifier {
        needed.append(Fact.ID(own: Fact.Object(kind: .extension, schema: nil, name: name, arguments: nil)))
      }
      if fact.has("inherited"), let member = id.member {
        for parent in Identifier.written(in: facts[id.own]?["parents"]) {
          let path = Identifier.path(of: parent)
          guard path.count == 2 else { continue }
          let object = Fact.Object(kind: .table, schema: path[0], name: path[1], arguments: nil)
          needed.append(Fact.ID(kind: id.kind, object: object, member: member, qualifier: nil))
        }
      }
      return needed
    }
    guard let schema = id.object.schema else { return [] }
    return [Fact.ID(own: Fact.Object(kind: .schema, schema: nil, name: schema, arguments: nil))]
  }

  subscript(id: Fact.ID) -> Fact? { facts[id] }

  /// The facts about an object besides that it is there.
  func members(of object: Fact.Object) -> [Fact.ID] { membersByObject[object] ?? [] }

  /// The tables that a table inherits from, or is a partition of.
  func parents(of table: Fact.Object) -> [Fact.Object] {
    Identifier.written(in: facts[Fact.ID(own: table)]?["parents"]).map(Identifier.path).filter { $0.count == 2 }
      .map { Fact.Object(kind: .table, schema: $0[0], name: $0[1], arguments: nil) }
  }

  /// Its columns, in its order.
  func columns(of object: Fact.Object) -> [Fact] {
    Identifier.names(of: facts[Fact.ID(own: object)]?["column order"]).compactMap {
      facts[Fact.ID(column: $0, of: object)]
    }
  }

  /// The trigger that a partition has its own from; nil for one that is only the table's.
  func handedDownTrigger(_ id: Fact.ID) -> Fact.ID? {
    guard id.kind == .trigger, facts[id.own]?.has("partition bound") == true else { return nil }
    for parent in parents(of: id.object) {
      let other = Fact.ID(kind: .trigger, object: parent, member: id.member, qualifier: nil)
      if let found = facts[other] != nil ? other : handedDownTrigger(other) { return found }
    }
    return nil
  }

  /// The sequence of an identity column.
  func identitySequence(of column: Fact.ID) -> Fact? {
    dependencies.dependents(on: column).lazy.compactMap { facts[$0.id] }.first {
      $0.id.kind == .sequence && $0.has("identity")
    }
  }
}

extension Fact.ID {
  /// That an object is there.
  init(own object: Fact.Object) {
    self.init(kind: object.kind, object: object, member: nil, qualifier: nil)
  }

  init(column name: String, of object: Fact.Object) {
    self.init(kind: .column, object: object, member: Fact.Member(kind: .column, name: name), qualifier: nil)
  }

  /// That the fact's object is there.
  var own: Fact.ID { Fact.ID(own: object) }

  /// What a comment, a grant or a default is about; of everything else, its object.
  var subject: Fact.ID {
    guard [.comment, .grant, .default, .securityLabel, .extensionDependency].contains(kind), let member else {
      return own
    }
    return Fact.ID(kind: member.kind, object: object, member: member, qualifier: nil)
  }
}
