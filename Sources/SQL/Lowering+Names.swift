internal import CPGQuery

extension Syntax.QualifiedName {
  init(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>) {
    self.init(schema: nonempty(relation.pointee.schemaname), name: String(tree: relation.pointee.relname))
  }

  /// Nil when the nodes are no names.
  init?(_ nodes: [Node]) {
    self.init(nodes.compactMap(\.string))
  }

  /// Of a list as `[schema, name]`; nil when it is empty.
  init?(_ names: [String]) {
    guard let name = names.last else { return nil }
    self.init(schema: names.dropLast().last, name: name)
  }
}

extension Syntax.RoleName {
  init(_ role: UnsafeMutablePointer<PgQuery__RoleSpec>) {
    switch role.pointee.roletype {
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC: self = .everyone
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_ROLE, PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_USER:
      self = .current
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER: self = .session
    default: self = .named(String(tree: role.pointee.rolename))
    }
  }
}

extension Syntax.Persistence {
  init(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>) {
    switch String(tree: relation.pointee.relpersistence) {
    case "t": self = .temporary
    case "u": self = .unlogged
    default: self = .permanent
    }
  }
}

extension Lowering {
  func offset(_ relation: UnsafeMutablePointer<PgQuery__RangeVar>) -> Int {
    offset(relation.pointee.location)
  }

  func roles(_ nodes: [Node]) -> [Syntax.RoleName] {
    nodes.compactMap(\.role).map { Syntax.RoleName($0) }
  }

  func relations(_ nodes: [Node]) -> [Syntax.QualifiedName] {
    nodes.compactMap(\.relation).map { Syntax.QualifiedName($0) }
  }

  func typeName(_ type: UnsafeMutablePointer<PgQuery__TypeName>) -> Syntax.TypeName {
    let names = Array(type.pointee.names, count: type.pointee.n_names).compactMap(\.string)
    let modifiers = Array(type.pointee.typmods, count: type.pointee.n_typmods)
    let schema = names.dropLast().last
    return Syntax.TypeName(
      schema: schema == "pg_catalog" ? nil : schema,
      name: names.last ?? "",
      // Those of an interval are a mask of its fields, not what is written.
      modifiers: names.last == "interval" ? [] : modifiers.compactMap(value),
      isArray: type.pointee.n_array_bounds > 0,
      isSet: type.pointee.setof != 0,
      isColumnReference: type.pointee.pct_type != 0,
      location: offset(type.pointee.location))
  }

  // MARK: Options

  func options(_ first: UnsafeMutablePointer<Node?>?, count: Int) -> [Syntax.Option] {
    Array(first, count: count).compactMap(\.definition).map { definition in
      Syntax.Option(
        name: String(tree: definition.pointee.defname),
        value: definition.pointee.arg.flatMap(value),
        location: offset(definition.pointee.location))
    }
  }

  /// What stands for a value somewhere in a list of options or of settings, as text.
  func value(_ node: Node) -> String? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_STRING: return node.string
    case PG_QUERY__NODE__NODE_INTEGER: return String(node.pointee.integer.pointee.ival)
    case PG_QUERY__NODE__NODE_FLOAT: return String(tree: node.pointee.float_.pointee.fval)
    case PG_QUERY__NODE__NODE_BOOLEAN: return String(node.pointee.boolean.pointee.boolval != 0)
    case PG_QUERY__NODE__NODE_A_CONST: return constant(node.pointee.a_const.pointee)
    case PG_QUERY__NODE__NODE_TYPE_CAST: return node.pointee.type_cast.pointee.arg.flatMap(value)
    case PG_QUERY__NODE__NODE_TYPE_NAME: return typeName(node.pointee.type_name).description
    case PG_QUERY__NODE__NODE_ROLE_SPEC: return Syntax.RoleName(node.pointee.role_spec).description
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      let reference = node.pointee.column_ref.pointee
      return Array(reference.fields, count: reference.n_fields).compactMap(\.string).joined(separator: ".")
    case PG_QUERY__NODE__NODE_LIST: return node.list?.compactMap(value).joined(separator: ", ")
    default: return nil
    }
  }

  private func constant(_ constant: PgQuery__AConst) -> String? {
    guard constant.isnull == 0 else { return nil }
    switch constant.val_case {
    case PG_QUERY__A__CONST__VAL_IVAL: return String(constant.ival.pointee.ival)
    case PG_QUERY__A__CONST__VAL_FVAL: return String(tree: constant.fval.pointee.fval)
    case PG_QUERY__A__CONST__VAL_BOOLVAL: return String(constant.boolval.pointee.boolval != 0)
    case PG_QUERY__A__CONST__VAL_SVAL: return String(tree: constant.sval.pointee.sval)
    case PG_QUERY__A__CONST__VAL_BSVAL: return String(tree: constant.bsval.pointee.bsval)
    default: return nil
    }
  }
}

extension [Syntax.Option] {
  /// The value of the option; nil when it is absent or has none.
  func value(of name: String) -> String? {
    first { $0.name == name }?.value
  }

  /// Whether a switch is on: said so, or said alone, or not said at all and on by default.
  func isOn(_ name: String, byDefault: Bool = true) -> Bool {
    guard let option = first(where: { $0.name == name }) else { return byDefault }
    return !["false", "off", "0", "no"].contains(option.value?.lowercased())
  }
}
