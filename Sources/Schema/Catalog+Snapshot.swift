extension Catalog {
  /// The same schema, typed.
  package init(_ snapshot: Snapshot) {
    for object in snapshot.objects {
      add(object)
    }
    tables.sort { $0.name < $1.name }
    views.sort { $0.name < $1.name }
    functions.sort { ($0.name, $0.arguments) < ($1.name, $1.arguments) }
  }

  private mutating func add(_ facts: ObjectFacts) {
    switch facts.object.kind {
    case .schema: schemas.append(Schema(facts))
    case .extension:
      if let own = facts.own {
        extensions.append(Extension(name: facts.object.name, schema: own["schema"] ?? "", version: own["version"]))
      }
    case .table:
      if let own = facts.own {
        tables.append(Table(own, facts))
      } else {
        policiesOnManagedTables += facts.policies
        triggersOnManagedTables += facts.triggers
      }
    case .view, .materializedView:
      if let own = facts.own { views.append(View(own, facts)) }
    case .function, .procedure, .aggregate:
      if let own = facts.own { functions.append(Function(own, facts)) }
    case .enumeration:
      if let own = facts.own { enums.append(Enumeration(own, facts)) }
    default: break
    }
  }
}

extension ObjectFacts {
  fileprivate var grants: [Catalog.Grant] {
    all(.grant).map { _, fact in
      Catalog.Grant(
        grantee: fact["grantee"] ?? "", column: fact.id.member?.name,
        privileges: Privilege.set(from: fact["privileges"], on: object.kind),
        grantable: Privilege.set(from: fact["with grant option"], on: object.kind))
    }
  }

  fileprivate var columns: [Catalog.Column] {
    let order = Identifier.names(of: own?["column order"])
    let positions = Dictionary(uniqueKeysWithValues: zip(order.map { Array($0.utf8) }, 1...))
    let defaults = Dictionary(uniqueKeysWithValues: all(.default).map { (Array($0.name.utf8), $0.fact["expression"]) })
    return all(.column).map { name, fact in
      Catalog.Column(
        name: name, position: positions[Array(name.utf8)] ?? 0, type: fact["type"] ?? "",
        collation: fact["collation"], isNotNull: fact.has("not null"),
        identity: fact["identity"].map { $0 == "always" ? .always : .byDefault }, generated: fact["generated"],
        defaultExpression: defaults[Array(name.utf8)] ?? nil, comment: comment(on: .column, name))
    }
    .sorted { $0.position < $1.position }
  }

  fileprivate var indexes: [Catalog.Index] {
    all(.index).map { name, fact in
      let keys = Identifier.elements(of: fact["keys"] ?? "")
      return Catalog.Index(
        name: name, method: fact["method"] ?? "",
        keys: keys.map { $0.isExpression ? .expression($0.name) : .column($0.name) },
        includedColumns: Identifier.names(of: fact["include"]), isUnique: fact.has("unique"),
        isPrimary: fact.has("primary"), isValid: !fact.has("invalid"), predicate: fact["predicate"],
        definition: fact.definition ?? "", comment: comment(on: .index, name))
    }
  }

  fileprivate var policies: [Catalog.Policy] {
    all(.policy).map { policy, fact in
      Catalog.Policy(
        name: policy, table: name, command: fact["command"].flatMap(Catalog.Policy.Command.init) ?? .all,
        isPermissive: !fact.has("restrictive"), roles: Identifier.names(of: fact["roles"]), using: fact["using"],
        check: fact["with check"], comment: comment(on: .policy, policy))
    }
  }

  fileprivate var triggers: [Catalog.Trigger] {
    all(.trigger).map { trigger, fact in
      Catalog.Trigger(
        name: trigger, table: name, definition: fact.definition ?? "",
        function: QualifiedName(path: fact["function"] ?? ""), isEnabled: fact["enabled"] != "no",
        comment: comment(on: .trigger, trigger))
    }
  }
}

extension QualifiedName {
  /// Reads `public.orders`.
  fileprivate init(path: String) {
    let parts = Identifier.path(of: path)
    self.init(schema: parts.first ?? "", name: parts.last ?? "")
  }
}

extension Catalog.Schema {
  fileprivate init(_ facts: ObjectFacts) {
    name = facts.object.name
    owner = facts.own?["owner"] ?? ""
    comment = facts.comment()
    grants = facts.grants
  }
}

extension Catalog.Table {
  fileprivate init(_ own: Fact, _ facts: ObjectFacts) {
    name = facts.name
    kind = own.has("partition by") ? .partitioned : .ordinary
    isUnlogged = own.has("unlogged")
    owner = own["owner"] ?? ""
    comment = facts.comment()
    hasRowSecurity = own.has("row security")
    forcesRowSecurity = own.has("force row security")
    parents = Identifier.written(in: own["parents"]).map(QualifiedName.init(path:))
    partitionBound = own["partition bound"]
    columns = facts.columns
    indexes = facts.indexes
    policies = facts.policies
    triggers = facts.triggers
    grants = facts.grants
    for (name, fact) in facts.all(.constraint) {
      add(name, fact, comment: facts.comment(on: .constraint, name))
    }
  }

  private mutating func add(_ name: String, _ fact: Fact, comment: String?) {
    switch fact["type"] {
    case "primary key": primaryKey = Catalog.Key(name, fact, comment)
    case "unique": uniqueKeys.append(Catalog.Key(name, fact, comment))
    case "foreign key": foreignKeys.append(Catalog.ForeignKey(name, fact, comment))
    case "check":
      checks.append(
        Catalog.Check(name: name, definition: fact.definition ?? "", isValid: !fact.has("not valid"), comment: comment))
    default: break
    }
  }
}

extension Catalog.Key {
  fileprivate init(_ name: String, _ fact: Fact, _ comment: String?) {
    self.init(
      name: name, columns: Identifier.names(of: fact["columns"]), isDeferrable: fact.has("deferrable"),
      comment: comment)
  }
}

extension Catalog.ForeignKey {
  fileprivate init(_ name: String, _ fact: Fact, _ comment: String?) {
    self.init(
      name: name, columns: Identifier.names(of: fact["columns"]),
      referencedTable: QualifiedName(path: fact["references"] ?? ""),
      referencedColumns: Identifier.names(of: fact["referenced columns"]),
      onDelete: fact["on delete"].flatMap(Action.init) ?? .noAction,
      onUpdate: fact["on update"].flatMap(Action.init) ?? .noAction, isValid: !fact.has("not valid"),
      isDeferrable: fact.has("deferrable"), comment: comment)
  }
}

extension Catalog.View {
  fileprivate init(_ own: Fact, _ facts: ObjectFacts) {
    name = facts.name
    isMaterialized = facts.object.kind == .materializedView
    owner = own["owner"] ?? ""
    comment = facts.comment()
    definition = own.definition ?? ""
    options = settings(own["options"], separator: ", ")
    columns = facts.columns
    indexes = facts.indexes
    triggers = facts.triggers
    grants = facts.grants
  }
}

extension Catalog.Function {
  fileprivate init(_ own: Fact, _ facts: ObjectFacts) {
    name = facts.name
    arguments = facts.object.arguments ?? ""
    kind =
      switch facts.object.kind {
      case .procedure: .procedure
      case .aggregate: .aggregate
      default: own.has("window") ? .window : .function
      }
    owner = own["owner"] ?? ""
    comment = facts.comment()
    language = own["language"] ?? ""
    returnType = own["returns"]
    isSecurityDefiner = own.has("security definer")
    volatility = own["volatility"] ?? ""
    configuration = settings(own["configuration"], separator: "\n")
    definition = own.definition ?? ""
    grants = facts.grants
  }
}

extension Catalog.Enumeration {
  fileprivate init(_ own: Fact, _ facts: ObjectFacts) {
    name = facts.name
    labels = Literal.values(of: own["labels"] ?? "")
    comment = facts.comment()
  }
}

/// Reads `name=value` settings.
private func settings(_ text: String?, separator: String) -> [String: String] {
  let pairs = (text ?? "").split(separator: separator).map { setting in
    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }
  return Dictionary(pairs) { $1 }
}
