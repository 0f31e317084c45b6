/// What turns one schema into another.
package struct Difference: Sendable, Codable {
  /// Facts of the second schema that the first has not, sorted by identity.
  package let added: [Fact]
  /// Facts of the first schema that the second has not, sorted by identity.
  package let removed: [Fact]
  /// Facts that both have and that say different things, sorted by identity.
  package let changed: [Change]
  /// What no fact describes, in either schema: whether it differs is not known.
  package let unmodelled: Sides<[Unmodelled]>

  /// A thing of each of the two schemas.
  package struct Sides<Value: Sendable & Codable>: Sendable, Codable {
    package let from: Value
    package let to: Value
  }

  /// A fact that says two different things.
  package struct Change: Sendable, Codable {
    package let id: Fact.ID
    /// Never empty; in the order of the facts' attributes, the definition last.
    package let attributes: [AttributeChange]
  }

  /// An attribute that differs, or the definition, under the name `definition`.
  package struct AttributeChange: Hashable, Sendable, Codable {
    package let name: String
    /// Nil when the fact of the first schema has no such attribute.
    package let from: String?
    /// Nil when the fact of the second schema has no such attribute.
    package let to: String?
  }

  package init(added: [Fact], removed: [Fact], changed: [Change], unmodelled: Sides<[Unmodelled]>) {
    self.added = added
    self.removed = removed
    self.changed = changed
    self.unmodelled = unmodelled
  }

  package init(from: Snapshot, to: Snapshot) {
    var added: [Fact] = []
    var removed: [Fact] = []
    var changed: [(from: Fact, to: Fact)] = []
    guard from.fingerprint != to.fingerprint else {
      (self.added, self.removed, self.changed) = ([], [], [])
      unmodelled = Sides(from: from.unmodelled, to: to.unmodelled)
      return
    }
    // Both lists are sorted by identity and have each identity once, so they are compared as they are merged.
    var old = from.facts.makeIterator()
    var new = to.facts.makeIterator()
    var before = old.next()
    var after = new.next()
    while true {
      switch (before, after) {
      case (let fact?, let other?) where fact.id == other.id:
        if fact.digest != other.digest { changed.append((from: fact, to: other)) }
        before = old.next()
        after = new.next()
      case (let fact?, let other) where other.map({ fact.id < $0.id }) ?? true:
        removed.append(fact)
        before = old.next()
      case (_, let fact?):
        added.append(fact)
        after = new.next()
      case (_, nil):
        self.added = added
        self.removed = removed
        self.changed = changed.compactMap(Change.init)
        unmodelled = Sides(from: from.unmodelled, to: to.unmodelled)
        return
      }
    }
  }

  /// Whether no fact differs.
  package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
}

extension Difference.Change {
  /// Nil when all that differs is said by other facts: a table's list of columns differs with every column that comes
  /// or goes, and is a change of its own only where the columns that stay are in another order.
  init?(from: Fact, to: Fact) {
    var attributes: [Difference.AttributeChange] = []
    let names = from.attributes.map(\.name) + to.attributes.map(\.name).filter { !from.has($0) }
    for name in names {
      let (old, new) = (from[name], to[name])
      if let old, let new, old.hasSameBytes(as: new) { continue }
      if name == "column order", Self.keepsOrder(old, new) { continue }
      attributes.append(Difference.AttributeChange(name: name, from: old, to: new))
    }
    switch (from.definition, to.definition) {
    case (nil, nil): break
    case (let old?, let new?) where old.hasSameBytes(as: new): break
    case (let old, let new): attributes.append(Difference.AttributeChange(name: "definition", from: old, to: new))
    }
    guard !attributes.isEmpty else { return nil }
    id = to.id
    self.attributes = attributes
  }

  private static func keepsOrder(_ old: String?, _ new: String?) -> Bool {
    let old = Identifier.names(of: old).map { Array($0.utf8) }
    let new = Identifier.names(of: new).map { Array($0.utf8) }
    let common = Set(old).intersection(new)
    return old.filter(common.contains) == new.filter(common.contains)
  }
}
