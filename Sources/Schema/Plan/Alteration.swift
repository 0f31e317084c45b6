/// Whether PostgreSQL can make one fact out of another in place.
struct Alteration {
  let from: Fact
  let to: Fact
  let source: SchemaIndex
  let target: SchemaIndex

  var isPossible: Bool {
    switch from.id.kind {
    case .extension:
      !Self.numbers(in: to["version"]).lexicographicallyPrecedes(Self.numbers(in: from["version"]))
        && (same("schema") || !source.unsaid.unmovable.contains(from.id))
    case .schema, .table, .default, .grant, .comment, .defaultPrivileges: canAlterObject
    case .enumeration: EnumLabels(from: from, to: to).isPossible
    case .domain: same("type", "collation")
    case .compositeType: true
    case .sequence: same("identity") && (!to.has("identity") || same("owned by"))
    case .view: sameOwn || isReplaceableView
    case .materializedView: hasSameDefinition && same("column order")
    case .function, .procedure: same("returns", "window") && signature(of: from) == signature(of: to)
    case .aggregate: hasSameDefinition
    case .eventTrigger: same("event", "tags", "function")
    case .publication: same("all tables")
    case .publishedTable, .publishedSchema: false
    case .column: canAlterColumn
    case .constraint: canAlterConstraint
    case .index:
      (hasSameDefinition || to.has("constraint"))
        && same("method", "keys", "include", "unique", "primary", "predicate", "constraint")
        && (!from.has("parent") || same("parent") || leavesItsParents)
    case .foreignTable: same("server", "foreign options")
    case .trigger: hasSameDefinition && same("function")
    case .rule, .statistics: hasSameDefinition
    case .securityLabel: true
    case .mapping, .familyMember, .extensionDependency: false
    case .language, .accessMethod, .foreignDataWrapper, .foreignServer, .userMapping, .collation, .conversion,
      .textSearchParser, .textSearchTemplate, .textSearchDictionary, .textSearchConfiguration, .baseType, .rangeType,
      .operator, .operatorFamily, .operatorClass, .cast, .transform:
      onlyOwnerDiffers
    case .policy: same("command", "restrictive") && !loses("using") && !loses("with check")
    }
  }

  /// Extensions have scripts that lead to newer versions, seldom to older ones.
  private static func numbers(in version: String?) -> [Int] {
    (version ?? "").split { !$0.isWholeNumber }.compactMap { Int($0) }
  }

  private func same(_ attributes: String...) -> Bool {
    attributes.allSatisfy { from[$0] == to[$0] }
  }

  private func loses(_ attribute: String) -> Bool { from.has(attribute) && !to.has(attribute) }

  private var hasSameDefinition: Bool { from.definition == to.definition }

  private var sameOwn: Bool { hasSameDefinition && same("column order") }

  private var onlyOwnerDiffers: Bool {
    hasSameDefinition && from.without("owner").attributes == to.without("owner").attributes
  }

  private var canAlterObject: Bool {
    from.id.kind != .table || same("partition by")
  }

  /// `CREATE OR REPLACE VIEW` can only add columns, at the end.
  private var isReplaceableView: Bool {
    let old = source.columns(of: from.id.object)
    let new = target.columns(of: to.id.object)
    return new.count >= old.count
      && zip(old, new).allSatisfy { old, new in
        old.id == new.id && old["type"] == new["type"] && old["collation"] == new["collation"]
      }
  }

  /// Up to the end of the first line of `CREATE OR REPLACE FUNCTION ...(...)`: the names of the arguments and their
  /// defaults, which a replacement cannot change freely.
  private func signature(of function: Fact) -> Substring? {
    function.definition?.split(separator: "\n", maxSplits: 1).first
  }

  private var leavesItsParents: Bool {
    source[from.id.own]?["parents"] != target[to.id.own]?["parents"]
  }

  private var canAlterColumn: Bool {
    guard same("foreign options") else { return false }
    guard from.id.object.kind == .table || from.id.object.kind == .compositeType else { return true }
    return to["generated"] == nil || from["generated"] == to["generated"] && same("virtual", "type")
  }

  private var canAlterConstraint: Bool {
    guard same("type", "columns", "references", "referenced columns", "on delete", "on update") else { return false }
    // It goes with the one that it was handed down from, unless the table leaves that one's.
    guard !from.has("inherited") || to.has("inherited") || leavesItsParents else { return false }
    let (old, new) = (plain(from), plain(to))
    if from["type"] == "foreign key" { return old == new && !(to.has("not valid") && !from.has("not valid")) }
    return old == new && same("deferrable") && !(to.has("not valid") && !from.has("not valid"))
  }

  /// The definition without what can be changed in place.
  private func plain(_ constraint: Fact) -> String? {
    var text = constraint.definition
    for word in [" NOT VALID", " DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"]
    where word == " NOT VALID" || constraint["type"] == "foreign key" {
      if text?.hasSuffix(word) == true { text?.removeLast(word.count) }
    }
    return text
  }
}

/// What makes one list of an enum's labels out of another, by adding to it.
struct EnumLabels {
  private let old: [String]
  private let new: [String]

  init(from: Fact, to: Fact) {
    old = Literal.values(of: from["labels"] ?? "")
    new = Literal.values(of: to["labels"] ?? "")
  }

  /// Labels can be added anywhere and never be taken away.
  var isPossible: Bool { new.filter(old.contains) == old }

  /// `'b' AFTER 'a'`, in the order in which they are added.
  var additions: [String] {
    var additions: [String] = []
    for (index, label) in new.enumerated() where !old.contains(label) {
      if index > 0 {
        additions.append("\(Literal.quoted(label)) AFTER \(Literal.quoted(new[index - 1]))")
      } else if let first = old.first {
        additions.append("\(Literal.quoted(label)) BEFORE \(Literal.quoted(first))")
      } else {
        additions.append(Literal.quoted(label))
      }
    }
    return additions
  }
}
