/// What a snapshot says of one object.
struct ObjectFacts {
  let object: Fact.Object
  let facts: ArraySlice<Fact>

  var name: QualifiedName { QualifiedName(schema: object.schema ?? "", name: object.name) }

  /// The fact that the object is there; nil for a table that the scope leaves to a platform.
  var own: Fact? { facts.first { $0.id.kind == object.kind && $0.id.member == nil } }

  /// The facts of a kind about members, with the members' names.
  func all(_ kind: Fact.Kind) -> [(name: String, fact: Fact)] {
    facts.filter { $0.id.kind == kind }.map { ($0.id.member?.name ?? "", $0) }
  }

  func comment(on kind: Fact.Kind? = nil, _ name: String? = nil) -> String? {
    let member = kind.map { Fact.Member(kind: $0, name: name ?? "") }
    return facts.first { $0.id.kind == .comment && $0.id.member == member }?["text"]
  }
}

extension Snapshot {
  /// The facts by object, in the facts' order.
  var objects: [ObjectFacts] {
    var objects: [ObjectFacts] = []
    var facts = facts[...]
    while let first = facts.first {
      let end = facts.firstIndex { $0.id.object != first.id.object } ?? facts.endIndex
      objects.append(ObjectFacts(object: first.id.object, facts: facts[..<end]))
      facts = facts[end...]
    }
    return objects
  }
}
