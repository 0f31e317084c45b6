internal import SQL

/// What a statement would bring and take away, by name: what is missing when it fails.
struct StatementEffects: Hashable, Sendable {
  private(set) var makes: [NamedObject] = []
  private(set) var removes: [NamedObject] = []
  /// The words of a statement that can do what cannot be read here, in order, and the dots between them: a `DO` block, a
  /// call. Empty for others.
  private var hidden: [Substring] = []
  /// Where each of them stands.
  private(set) var places: [Substring: [Int]] = [:]

  init(_ statement: Statement) {
    read(statement.syntax)
    if isHidden(statement.syntax) { hide(statement.text) }
  }

  /// Of a file that cannot be read as SQL at all.
  init(unreadable text: String) {
    hide(text)
  }

  private mutating func hide(_ text: String) {
    hidden = SQLWords.list(of: text, withDots: true)
    places = Dictionary(grouping: hidden.indices) { hidden[$0] }
  }

  /// Whether it may bring the object in a way that cannot be read.
  ///
  /// What stands alone is made by its kind and name, as in `create table if not exists public.t`; of what belongs to
  /// something else, one of the verbs stands close before the name.
  func mayHideMaking(of object: NamedObject) -> Bool {
    let verbs: Set<Substring> = object.kind == .row ? ["insert", "copy"] : ["create", "add", "rename"]
    guard let kinds = object.kind.words else { return mayHide(object, doing: verbs) }
    return indexes(of: object).contains { isMade(at: $0, as: kinds, in: object.schema) }
  }

  /// Whether it may take the object away, or out of the way, in a way that cannot be read.
  func mayHideRemoval(of object: NamedObject) -> Bool {
    mayHide(object, doing: ["drop", "rename"])
  }

  /// The schema in which it may make an object in a way that cannot be read, where that is said.
  func hiddenSchema(of object: NamedObject) -> String? {
    guard let kinds = object.kind.words else { return nil }
    let index = indexes(of: object).first {
      $0 >= 2 && hidden[$0 - 1] == "." && isMade(at: $0, as: kinds, in: object.schema)
    }
    return index.map { String(hidden[$0 - 2]) }
  }

  /// Whether the words before a name say that something of one of the kinds is made under it.
  private func isMade(at index: Int, as kinds: Set<Substring>, in schema: String?) -> Bool {
    var start = index
    if start >= 2, hidden[start - 1] == "." {
      // Any other may be the rest of a placeholder or the name of a variable.
      let isKnown = hidden[start - 2] == "public" || PlatformNames.schemas.contains(String(hidden[start - 2]))
      if isKnown, let schema, schema != hidden[start - 2] { return false }
      start -= 2
    }
    var isOfKind = false
    for word in hidden[max(0, start - 8)..<start].reversed() {
      if word == "create" || word == "rename" { return isOfKind || word == "rename" }
      isOfKind = isOfKind || kinds.contains(word)
      guard kinds.contains(word) || Self.fillers.contains(word) else { return false }
    }
    return false
  }

  /// A dot is the rest of a placeholder's.
  private static let fillers: Set<Substring> = [
    ".", "concurrently", "exists", "foreign", "global", "if", "local", "materialized", "not", "or", "recursive",
    "replace", "temp", "temporary", "to", "trusted", "unique", "unlogged",
  ]

  /// After them stands what is there already.
  private static let prepositions: Set<Substring> = [
    "execute", "from", "into", "join", "on", "references", "select", "update",
  ]

  private func mayHide(_ object: NamedObject, doing verbs: Set<Substring>) -> Bool {
    let standsAlone = ![.row, .column, .constraint, .policy, .trigger, .label].contains(object.kind)
    let isNamed = indexes(of: object).contains { index in
      let words = hidden[max(0, index - 10)..<index]
      guard let verb = words.lastIndex(where: verbs.contains) else { return false }
      return !standsAlone || Self.prepositions.isDisjoint(with: words[verb...])
    }
    return isNamed && SQLWords.list(of: object.owner ?? "").allSatisfy { places[$0] != nil }
  }

  private func indexes(of object: NamedObject) -> [Int] {
    SQLWords.list(of: object.name).first.flatMap { places[$0] } ?? []
  }

  private func isHidden(_ syntax: Syntax) -> Bool {
    switch syntax {
    case .doBlock, .call, .unparsed: true
    case .select(let select): !select.functions.isEmpty
    default: false
    }
  }
}

// MARK: - Read from the syntax

extension StatementEffects {
  private mutating func read(_ syntax: Syntax) {
    switch syntax {
    case .createTable(let table): read(table)
    case .createTableAs(let table): make(.relation, table.name)
    case .alterTable(let table): read(table)
    case .createIndex(let index): read(index)
    case .createTrigger(let trigger): makes.append(.init(.trigger, trigger.name, owner: trigger.table.name))
    case .createView(let view): make(.relation, view.name)
    case .createSequence(let sequence): make(.relation, sequence.name)
    case .createFunction(let function): make(.routine, function.name)
    case .createType(let type):
      make(.type, type.name)
      if case .enumeration(let labels) = type.kind {
        makes += labels.map { NamedObject(.label, $0, owner: type.name.name) }
      }
    case .alterEnum(let change):
      switch change.action {
      case .add(let label, _, _), .rename(_, to: let label): makes.append(.init(.label, label, owner: change.type.name))
      }
    case .createDomain(let domain): make(.type, domain.name)
    case .createSchema(let schema): makes.append(.init(.schema, schema.name))
    case .createExtension(let creation): makes.append(.init(.extension, creation.name))
    case .createPublication(let publication): makes.append(.init(.other, publication.name))
    case .createEventTrigger(let trigger): makes.append(.init(.other, trigger.name))
    case .foreignData(let change): makes.append(.init(.other, change.name))
    case .defineObject(let definition):
      make(definition.object.kind == .aggregate ? .routine : .other, definition.object.name)
    case .createPolicy(let policy): makes.append(.init(.policy, policy.name, owner: policy.table.name))
    case .createRole(let role): makes.append(.init(.role, role.name))
    case .cluster(.dropRole(let roles, _)):
      removes += roles.compactMap { if case .named(let name) = $0 { NamedObject(.role, name) } else { nil } }
    case .drop(let drop): removes += drop.objects.map(NamedObject.init)
    case .rename(let rename): read(rename)
    case .setSchema(let move): read(move)
    case .insert(let insert): makes.append(.init(.row, insert.table.name))
    case .copy(let copy): if copy.isFrom, let table = copy.table { makes.append(.init(.row, table.name)) }
    default: break
    }
  }

  private mutating func make(_ kind: NamedObject.Kind, _ name: Syntax.QualifiedName) {
    makes.append(NamedObject(kind, name.name, schema: name.schema))
  }

  private mutating func read(_ table: Syntax.CreateTable) {
    make(.relation, table.name)
    makes += table.columns.map { NamedObject(.column, $0.name, owner: table.name.name) }
    for constraint in table.allConstraints { read(constraint, of: table.name) }
  }

  private mutating func read(_ constraint: Syntax.Constraint, of table: Syntax.QualifiedName) {
    if let name = constraint.name { makes.append(.init(.constraint, name, owner: table.name)) }
    if [.primaryKey, .unique].contains(constraint.kind) { makes.append(.init(.constraint, "", owner: table.name)) }
  }

  private mutating func read(_ index: Syntax.CreateIndex) {
    if let name = index.name { makes.append(.init(.relation, name, schema: index.table.schema)) }
    if index.isUnique { makes.append(.init(.constraint, "", owner: index.table.name)) }
  }

  private mutating func read(_ table: Syntax.AlterTable) {
    for command in table.commands {
      switch command.action {
      case .addColumn(let column, _):
        makes.append(.init(.column, column.name, owner: table.name.name))
        for constraint in column.constraints { read(constraint, of: table.name) }
      case .addConstraint(let constraint): read(constraint, of: table.name)
      case .dropColumn(let column, _): removes.append(.init(.column, column, owner: table.name.name))
      case .dropConstraint(let name, _): removes.append(.init(.constraint, name, owner: table.name.name))
      default: break
      }
    }
  }

  private mutating func read(_ rename: Syntax.Rename) {
    let old = NamedObject(rename.object)
    var new = old
    new.name = rename.newName
    removes.append(old)
    makes.append(new)
  }

  private mutating func read(_ move: Syntax.SetSchema) {
    let old = NamedObject(move.object)
    var new = old
    new.schema = move.newSchema
    removes.append(old)
    makes.append(new)
  }
}

extension NamedObject {
  fileprivate init(_ object: Syntax.ObjectReference) {
    self.init(Kind(object.kind), object.name.name, schema: object.name.schema, owner: object.owner?.name)
  }
}

extension NamedObject.Kind {
  /// The words that stand between `create` and a name of this kind; nil for what belongs to something else, and for what
  /// is of many kinds.
  fileprivate var words: Set<Substring>? {
    switch self {
    case .relation, .type: ["table", "view", "sequence", "index", "type", "domain"]
    case .routine: ["function", "procedure", "aggregate"]
    case .schema: ["schema"]
    case .role: ["role", "user", "group"]
    case .extension: ["extension"]
    case .column, .constraint, .policy, .trigger, .row, .label, .other: nil
    }
  }

  fileprivate init(_ kind: Syntax.ObjectKind) {
    switch kind {
    case .table, .view, .materializedView, .foreignTable, .sequence, .index: self = .relation
    case .column, .attribute: self = .column
    case .constraint, .domainConstraint: self = .constraint
    case .policy: self = .policy
    case .trigger: self = .trigger
    case .function, .procedure, .routine, .aggregate: self = .routine
    case .type, .domain: self = .type
    case .schema: self = .schema
    case .role: self = .role
    case .extension: self = .extension
    default: self = .other
    }
  }
}

/// The words of a text of SQL, for what no syntax tree says.
enum SQLWords {
  /// In lowercase, each once.
  static func set(of text: String) -> Set<Substring> {
    Set(list(of: text))
  }

  /// In lowercase and in order.
  ///
  /// - Parameter withDots: Whether a dot is a word, too.
  static func list(of text: String, withDots: Bool = false) -> [Substring] {
    let text = text.lowercased()
    var words: [Substring] = []
    var start: String.Index?
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      if isPartOfWord(byte) {
        start = start ?? index
        continue
      }
      if let begin = start { words.append(text[begin..<index]) }
      start = nil
      if withDots, byte == UInt8(ascii: ".") { words.append(text[index..<text.utf8.index(after: index)]) }
    }
    if let start { words.append(text[start...]) }
    return words
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
    default: false
    }
  }
}
