internal import SQL

/// What a statement would bring and take away, by name: what is missing when it fails.
struct StatementEffects: Hashable, Sendable {
  private(set) var makes: [NamedObject] = []
  private(set) var removes: [NamedObject] = []
  /// The words of a statement that can do what cannot be read here, in order: a `DO` block, a call. Empty for others.
  private(set) var hidden: [Substring] = []

  init(_ statement: Statement) {
    read(statement.syntax)
    if isHidden(statement.syntax) { hidden = SQLWords.list(of: statement.text) }
  }

  /// Of a file that cannot be read as SQL at all.
  init(unreadable text: String) {
    hidden = SQLWords.list(of: text)
  }

  /// Whether the object would be there had the statement succeeded.
  func mayMake(_ object: NamedObject) -> Bool {
    makes.contains { $0.mayBe(object) }
      || mayHide(object, doing: object.kind == .row ? ["insert", "copy"] : ["create", "add", "rename"])
  }

  /// Whether the object would be gone, or out of the way, had the statement succeeded.
  func mayRemove(_ object: NamedObject) -> Bool {
    removes.contains { $0.mayBe(object) } || mayHide(object, doing: ["drop", "rename"])
  }

  /// Whether one of the verbs stands close before the name, as in `create table if not exists public.t`; what it is done
  /// to must not be something else of the object's, as in `create policy p on public.t`.
  private func mayHide(_ object: NamedObject, doing verbs: Set<Substring>) -> Bool {
    guard !hidden.isEmpty, let name = SQLWords.list(of: object.name).first else { return false }
    let standsAlone = ![.row, .column, .constraint, .policy, .trigger, .label].contains(object.kind)
    let isNamed = hidden.indices.contains { index in
      guard hidden[index] == name else { return false }
      let words = hidden[max(0, index - 8)..<index]
      guard let verb = words.lastIndex(where: verbs.contains) else { return false }
      return !standsAlone || Self.prepositions.isDisjoint(with: words[verb...])
    }
    return isNamed && SQLWords.list(of: object.owner ?? "").allSatisfy(hidden.contains)
  }

  /// After them stands what is there already.
  private static let prepositions: Set<Substring> = [
    "execute", "from", "into", "join", "on", "references", "select", "update",
  ]

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
  static func list(of text: String) -> [Substring] {
    text.lowercased().utf8.split { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
        false
      default: true
      }
    }.map { Substring($0) }
  }
}
