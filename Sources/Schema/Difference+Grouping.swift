/// A difference as people look at it: by object, and without saying twice what one line says.
extension Difference {
  package enum Sign: String, Sendable {
    case added = "+"
    case removed = "-"
    case changed = "~"
  }

  /// One fact's part in a difference.
  package enum Entry: Sendable {
    case added(Fact)
    case removed(Fact)
    case changed(Change)

    package var id: Fact.ID {
      switch self {
      case .added(let fact), .removed(let fact): fact.id
      case .changed(let change): change.id
      }
    }

    package var sign: Sign {
      switch self {
      case .added: .added
      case .removed: .removed
      case .changed: .changed
      }
    }
  }

  /// All that differs about one object.
  package struct Group: Sendable {
    package let object: Fact.Object
    /// What happens to the object as a whole: `changed` when it is in both schemas.
    package let sign: Sign
    /// Sorted by identity, the object's own first.
    package let entries: [Entry]
  }

  /// Sorted by object.
  ///
  /// What follows from another line is left out: the index behind a constraint that comes or goes with it, and the
  /// sequence of a column that does.
  package var groups: [Group] {
    let entries = added.map(Entry.added) + removed.map(Entry.removed) + changed.map(Entry.changed)
    let implied = Implied(entries)
    var groups: [Fact.Object: [Entry]] = [:]
    for entry in entries where !implied.contains(entry) {
      groups[entry.id.object, default: []].append(entry)
    }
    return groups.map { object, entries in
      let entries = entries.sorted { $0.id < $1.id }
      // An object of which only a member is known, such as a platform's table, has no entry of its own.
      let own = entries.first { $0.id.member == nil && $0.id.kind == object.kind }
      return Group(object: object, sign: own?.sign ?? .changed, entries: entries)
    }
    .sorted { $0.object < $1.object }
  }

  /// What comes or goes only because something else does.
  private struct Implied {
    private var indexes: Set<Key> = []
    private var sequences: Set<Key> = []

    private struct Key: Hashable {
      var sign: Sign
      var object: Fact.Object
      var member: Fact.Member?
    }

    init(_ entries: [Entry]) {
      let members = Set(entries.map { Key(sign: $0.sign, object: $0.id.object, member: $0.id.member) })
      for entry in entries {
        guard let fact = entry.wholeFact else { continue }
        switch fact.id.kind {
        case .index:
          guard let constraint = fact["constraint"] else { continue }
          let member = Fact.Member(kind: .constraint, name: constraint)
          if members.contains(Key(sign: entry.sign, object: fact.id.object, member: member)) {
            indexes.insert(Key(sign: entry.sign, object: fact.id.object, member: fact.id.member))
          }
        case .sequence:
          guard let column = fact["owned by"].map(Identifier.path), column.count == 3 else { continue }
          let table = Fact.Object(kind: .table, schema: column[0], name: column[1], arguments: nil)
          let member = Fact.Member(kind: .column, name: column[2])
          // An identity that a column gets or loses is a change of the column.
          let signs = fact.has("identity") ? [entry.sign, .changed] : [entry.sign]
          if signs.contains(where: { members.contains(Key(sign: $0, object: table, member: member)) }) {
            sequences.insert(Key(sign: entry.sign, object: fact.id.object))
          }
        default: break
        }
      }
    }

    func contains(_ entry: Entry) -> Bool {
      switch entry.id.object.kind {
      case .sequence: sequences.contains(Key(sign: entry.sign, object: entry.id.object))
      default:
        entry.id.kind == .index
          && indexes.contains(Key(sign: entry.sign, object: entry.id.object, member: entry.id.member))
      }
    }
  }
}

extension Difference.Entry {
  /// The fact that came or went.
  var wholeFact: Fact? {
    switch self {
    case .added(let fact), .removed(let fact): fact
    case .changed: nil
    }
  }
}
