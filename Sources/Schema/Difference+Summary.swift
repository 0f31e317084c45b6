extension Difference {
  /// The difference in a few short pieces for one line: `+ table customer_invoices`, `+ 2 policies`, `+ 3 indexes`.
  ///
  /// Empty when nothing differs. The columns, constraints, grants and comments of an object that comes or goes are part
  /// of it; its indexes, policies and triggers are counted. Of a kind of which several come or go, only the number
  /// is given. The schema `public` is not written.
  package var summary: [String] {
    var pieces: [Piece: [String]] = [:]
    for group in groups {
      for entry in group.entries {
        let isObject = entry.id.member == nil && entry.id.kind == group.object.kind
        guard isObject || group.sign == .changed || Self.countedKinds.contains(entry.id.kind) else { continue }
        pieces[Piece(isMember: !isObject, kind: entry.id.kind, sign: entry.sign), default: []].append(
          entry.id.shortName)
      }
    }
    return pieces.sorted { $0.key < $1.key }.map { piece, names in
      names.count == 1
        ? "\(piece.sign.rawValue) \(piece.kind.rawValue) \(names[0])"
        : "\(piece.sign.rawValue) \(names.count) \(piece.kind.plural)"
    }
  }

  private static let countedKinds: Set<Fact.Kind> = [.index, .policy, .trigger, .rule]

  private struct Piece: Hashable, Comparable {
    var isMember: Bool
    var kind: Fact.Kind
    var sign: Sign

    static func < (a: Piece, b: Piece) -> Bool {
      let order = [Sign.added, .changed, .removed]
      return (a.isMember ? 1 : 0, a.kind.rank, order.firstIndex(of: a.sign)!)
        < (b.isMember ? 1 : 0, b.kind.rank, order.firstIndex(of: b.sign)!)
    }
  }
}

extension Fact.Kind {
  var plural: String {
    switch self {
    case .policy: "policies"
    case .index: "indexes"
    case .defaultPrivileges, .statistics: rawValue
    case .operatorClass: "operator classes"
    case .operatorFamily: "operator families"
    case .textSearchDictionary: "text search dictionaries"
    case .extensionDependency: "extension dependencies"
    default: "\(rawValue)s"
    }
  }
}

extension Fact.ID {
  /// Without the schema when that is `public`: `orders`, `orders.status`, `own_rows on orders`, `on orders to anon`.
  fileprivate var shortName: String {
    let schema = object.schema == "public" ? nil : object.schema
    let object = Fact.Object(
      kind: object.kind, schema: schema, name: object.name, arguments: object.arguments
    ).qualifiedName
    var subject = object
    if let member {
      let name = Identifier.quoted(member.name)
      subject =
        switch member.kind {
        case .column: "\(object).\(name)"
        case .publishedTable, .publishedSchema, .familyMember: "\(member.name) on \(object)"
        default: "\(name) on \(object)"
        }
    }
    switch kind {
    case .grant: return "on \(subject) to \(qualifier ?? "")"
    case .comment, .securityLabel: return "on \(subject)"
    case .extensionDependency: return "of \(subject) on \(Identifier.quoted(qualifier ?? ""))"
    case .default: return "of \(subject)"
    case .defaultPrivileges: return "of \(object) on \(qualifier ?? "")"
    default: return subject
    }
  }
}
