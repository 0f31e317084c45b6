internal import CPGQuery

extension Lowering {
  /// Making and altering what is no table; nil for the rest.
  func objectSyntax(_ node: Node) -> Syntax? {
    typeSyntax(node) ?? functionSyntax(node) ?? containerSyntax(node) ?? foreignSyntax(node)
      ?? definition(node).map { .defineObject($0) }
  }

  // MARK: Types

  private func typeSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      let statement = node.pointee.create_enum_stmt.pointee
      let labels = Array(statement.vals, count: statement.n_vals).compactMap(\.string)
      return createType(statement.type_name, statement.n_type_name, .enumeration(labels: labels))
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
      let statement = node.pointee.composite_type_stmt.pointee
      let fields = Array(statement.coldeflist, count: statement.n_coldeflist)
        .filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }.map { column($0.pointee.column_def.pointee) }
      return .createType(
        Syntax.CreateType(name: Syntax.QualifiedName(statement.typevar), kind: .composite(fields: fields)))
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
      let statement = node.pointee.create_range_stmt.pointee
      return createType(statement.type_name, statement.n_type_name, .range)
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
      let statement = node.pointee.define_stmt.pointee
      guard statement.kind == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE else { return nil }
      return createType(statement.defnames, statement.n_defnames, statement.n_definition == 0 ? .shell : .base)
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
      return alterEnum(node.pointee.alter_enum_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      return createDomain(node.pointee.create_domain_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
      return alterDomain(node.pointee.alter_domain_stmt.pointee)
    default:
      return nil
    }
  }

  private func createType(
    _ names: UnsafeMutablePointer<Node?>?, _ count: Int, _ kind: Syntax.CreateType.Kind
  ) -> Syntax? {
    Syntax.QualifiedName(Array(names, count: count)).map { .createType(Syntax.CreateType(name: $0, kind: kind)) }
  }

  private func alterEnum(_ statement: PgQuery__AlterEnumStmt) -> Syntax? {
    guard let type = Syntax.QualifiedName(Array(statement.type_name, count: statement.n_type_name)) else { return nil }
    let label = String(tree: statement.new_val)
    let action: Syntax.AlterEnum.Action =
      if let old = nonempty(statement.old_val) {
        .rename(label: old, to: label)
      } else {
        .add(
          label: label, ifNotExists: statement.skip_if_new_val_exists != 0,
          isPlaced: nonempty(statement.new_val_neighbor) != nil)
      }
    return .alterEnum(Syntax.AlterEnum(type: type, action: action))
  }

  private func createDomain(_ statement: PgQuery__CreateDomainStmt) -> Syntax? {
    guard let name = Syntax.QualifiedName(Array(statement.domainname, count: statement.n_domainname)) else {
      return nil
    }
    let parts = Array(statement.constraints, count: statement.n_constraints)
      .filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }.map(\.pointee.constraint.pointee)
    let starts = parts.map { tokens.index(at: offset($0.location)) }
    let constraints = zip(parts, starts).compactMap { part, start in
      constraint(part, tokenRange: start..<(starts.filter { $0 > start }.min() ?? tokens.tokens.count))
    }
    return .createDomain(
      Syntax.CreateDomain(name: name, type: typeName(statement.type_name), constraints: constraints))
  }

  private func alterDomain(_ statement: PgQuery__AlterDomainStmt) -> Syntax? {
    guard let name = Syntax.QualifiedName(Array(statement.type_name, count: statement.n_type_name)) else { return nil }
    let constraintName = String(tree: statement.name)
    let action: Syntax.AlterDomain.Action?
    switch String(tree: statement.subtype) {
    case "T": action = statement.def == nil ? .dropDefault : .setDefault
    case "N": action = .dropNotNull
    case "O": action = .setNotNull
    case "C":
      guard let node = statement.def, node.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return nil }
      action = tableConstraint(node.pointee.constraint.pointee).map { .addConstraint($0) }
    case "X": action = .dropConstraint(constraintName, ifExists: statement.missing_ok != 0)
    case "V": action = .validateConstraint(constraintName)
    default: action = nil
    }
    return action.map { .alterDomain(Syntax.AlterDomain(name: name, action: $0)) }
  }

  // MARK: Functions

  private func functionSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT: createFunction(node.pointee.create_function_stmt.pointee)
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT: alterFunction(node.pointee.alter_function_stmt.pointee)
    default: nil
    }
  }

  private func createFunction(_ statement: PgQuery__CreateFunctionStmt) -> Syntax? {
    guard let name = Syntax.QualifiedName(Array(statement.funcname, count: statement.n_funcname)) else { return nil }
    let definitions = Array(statement.options, count: statement.n_options)
    let options = options(statement.options, count: statement.n_options)
    let volatility: Syntax.CreateFunction.Volatility =
      switch options.value(of: "volatility") {
      case "immutable": .immutable
      case "stable": .stable
      default: .volatile
      }
    let texts =
      definitions.compactMap(\.definition).first { String(tree: $0.pointee.defname) == "as" }
      .flatMap { $0.pointee.arg?.list?.compactMap(\.string) } ?? []
    let body: Syntax.CreateFunction.Body =
      switch texts.count {
      case 0: .atomic
      case 1: .text(texts[0])
      default: .library(texts[0], symbol: texts[1])
      }
    let isAtomic = statement.sql_body != nil
    return .createFunction(
      Syntax.CreateFunction(
        name: name,
        isProcedure: statement.is_procedure != 0,
        orReplace: statement.replace != 0,
        parameters: Array(statement.parameters, count: statement.n_parameters).compactMap(parameter),
        returns: statement.return_type.map { typeName($0) },
        language: options.value(of: "language")?.lowercased() ?? (isAtomic ? "sql" : nil),
        isSecurityDefiner: options.value(of: "security") == "true",
        volatility: volatility,
        settings: settings(definitions),
        body: body))
  }

  /// Nil for a column of the result's table.
  private func parameter(_ node: Node) -> Syntax.CreateFunction.Parameter? {
    guard node.kind == PG_QUERY__NODE__NODE_FUNCTION_PARAMETER else { return nil }
    let parameter = node.pointee.function_parameter.pointee
    let mode: Syntax.CreateFunction.Parameter.Mode
    switch parameter.mode {
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE: return nil
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT: mode = .out
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT: mode = .inOut
    case PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_VARIADIC: mode = .variadic
    default: mode = .in
    }
    return Syntax.CreateFunction.Parameter(
      name: nonempty(parameter.name), type: typeName(parameter.arg_type), mode: mode,
      hasDefault: parameter.defexpr != nil)
  }

  private func alterFunction(_ statement: PgQuery__AlterFunctionStmt) -> Syntax? {
    guard let function = reference(.init(statement.objtype), statement.func.pointee) else { return nil }
    let actions = Array(statement.actions, count: statement.n_actions)
    let security = options(statement.actions, count: statement.n_actions).value(of: "security")
    return .alterFunction(
      Syntax.AlterFunction(
        function: function, settings: settings(actions), isSecurityDefiner: security.map { $0 == "true" }))
  }

  private func settings(_ definitions: [Node]) -> [Syntax.SetParameter] {
    definitions.compactMap(\.definition).compactMap { definition in
      guard String(tree: definition.pointee.defname) == "set", let node = definition.pointee.arg,
        node.kind == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT
      else { return nil }
      return setParameter(node.pointee.variable_set_stmt.pointee)
    }
  }

  // MARK: Schemas, extensions, publications, event triggers

  private func containerSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
      return .createSchema(createSchema(node.pointee.create_schema_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
      return .createExtension(createExtension(node.pointee.create_extension_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
      let statement = node.pointee.alter_extension_stmt.pointee
      let version = options(statement.options, count: statement.n_options).value(of: "new_version")
      return .alterExtension(
        Syntax.AlterExtension(name: String(tree: statement.extname), action: .update(version: version)))
    case PG_QUERY__NODE__NODE_ALTER_EXTENSION_CONTENTS_STMT:
      return alterExtensionContents(node.pointee.alter_extension_contents_stmt.pointee)
    case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
      let statement = node.pointee.create_publication_stmt.pointee
      return .createPublication(
        Syntax.CreatePublication(
          name: String(tree: statement.pubname),
          members: members(statement.pubobjects, statement.n_pubobjects, all: statement.for_all_tables),
          options: options(statement.options, count: statement.n_options)))
    case PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT:
      let statement = node.pointee.alter_publication_stmt.pointee
      return .alterPublication(
        Syntax.AlterPublication(
          name: String(tree: statement.pubname), action: .init(statement.action),
          members: members(statement.pubobjects, statement.n_pubobjects, all: statement.for_all_tables),
          options: options(statement.options, count: statement.n_options)))
    case PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT:
      let statement = node.pointee.create_event_trig_stmt.pointee
      return Syntax.QualifiedName(Array(statement.funcname, count: statement.n_funcname)).map { function in
        .createEventTrigger(
          Syntax.CreateEventTrigger(
            name: String(tree: statement.trigname), event: String(tree: statement.eventname), function: function))
      }
    case PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT:
      let statement = node.pointee.alter_event_trig_stmt.pointee
      return .alterEventTrigger(
        Syntax.AlterEventTrigger(
          name: String(tree: statement.trigname), isEnabled: String(tree: statement.tgenabled) != "D"))
    default:
      return nil
    }
  }

  private func createSchema(_ statement: PgQuery__CreateSchemaStmt) -> Syntax.CreateSchema {
    let owner = statement.authrole.map { Syntax.RoleName($0) }
    return Syntax.CreateSchema(
      name: nonempty(statement.schemaname) ?? statement.authrole.map { String(tree: $0.pointee.rolename) } ?? "",
      ifNotExists: statement.if_not_exists != 0,
      owner: owner,
      elementCount: statement.n_schema_elts)
  }

  private func createExtension(_ statement: PgQuery__CreateExtensionStmt) -> Syntax.CreateExtension {
    let options = options(statement.options, count: statement.n_options)
    return Syntax.CreateExtension(
      name: String(tree: statement.extname),
      ifNotExists: statement.if_not_exists != 0,
      schema: options.value(of: "schema"),
      version: options.value(of: "new_version"),
      cascade: options.isOn("cascade", byDefault: false))
  }

  private func alterExtensionContents(_ statement: PgQuery__AlterExtensionContentsStmt) -> Syntax? {
    guard let node = statement.object, let object = reference(.init(statement.objtype), node) else { return nil }
    return .alterExtension(
      Syntax.AlterExtension(
        name: String(tree: statement.extname), action: statement.action > 0 ? .add(object) : .drop(object)))
  }

  private func members(
    _ first: UnsafeMutablePointer<Node?>?, _ count: Int, all: protobuf_c_boolean
  ) -> Syntax.PublicationMembers {
    var members = Syntax.PublicationMembers(allTables: all != 0, tables: [], schemas: [])
    for node in Array(first, count: count) where node.kind == PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC {
      let object = node.pointee.publication_obj_spec.pointee
      switch object.pubobjtype {
      case PG_QUERY__PUBLICATION_OBJ_SPEC_TYPE__PUBLICATIONOBJ_TABLES_IN_SCHEMA:
        members.schemas.append(String(tree: object.name))
      case PG_QUERY__PUBLICATION_OBJ_SPEC_TYPE__PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA:
        members.schemas.append("current_schema")
      default:
        guard let table = object.pubtable?.pointee.relation else { continue }
        members.tables.append(Syntax.QualifiedName(table))
      }
    }
    return members
  }

  // MARK: Foreign data

  private func foreignSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_FDW_STMT:
      let statement = node.pointee.create_fdw_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      let functions = Array(statement.func_options, count: statement.n_func_options)
      return foreign(
        .createWrapper(handler: function("handler", in: functions), validator: function("validator", in: functions)),
        statement.fdwname, options: options)
    case PG_QUERY__NODE__NODE_ALTER_FDW_STMT:
      let statement = node.pointee.alter_fdw_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      let functions = Array(statement.func_options, count: statement.n_func_options)
      return foreign(
        .alterWrapper(handler: function("handler", in: functions), validator: function("validator", in: functions)),
        statement.fdwname, options: options)
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT:
      let statement = node.pointee.create_foreign_server_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return foreign(
        .createServer(wrapper: String(tree: statement.fdwname)), statement.servername,
        ifNotExists: statement.if_not_exists, options: options)
    case PG_QUERY__NODE__NODE_ALTER_FOREIGN_SERVER_STMT:
      let statement = node.pointee.alter_foreign_server_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return foreign(.alterServer, statement.servername, options: options)
    case PG_QUERY__NODE__NODE_CREATE_USER_MAPPING_STMT:
      let statement = node.pointee.create_user_mapping_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return foreign(
        .createUserMapping(Syntax.RoleName(statement.user)), statement.servername,
        ifNotExists: statement.if_not_exists, options: options)
    case PG_QUERY__NODE__NODE_ALTER_USER_MAPPING_STMT:
      let statement = node.pointee.alter_user_mapping_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return foreign(.alterUserMapping(Syntax.RoleName(statement.user)), statement.servername, options: options)
    case PG_QUERY__NODE__NODE_DROP_USER_MAPPING_STMT:
      let statement = node.pointee.drop_user_mapping_stmt.pointee
      let ifExists = statement.missing_ok != 0
      return foreign(
        .dropUserMapping(Syntax.RoleName(statement.user), ifExists: ifExists), statement.servername, options: [])
    case PG_QUERY__NODE__NODE_IMPORT_FOREIGN_SCHEMA_STMT:
      let statement = node.pointee.import_foreign_schema_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return foreign(
        .importSchema(remote: String(tree: statement.remote_schema), into: String(tree: statement.local_schema)),
        statement.server_name, options: options)
    default:
      return nil
    }
  }

  private func foreign(
    _ action: Syntax.ForeignData.Action, _ name: UnsafeMutablePointer<CChar>?, ifNotExists: protobuf_c_boolean = 0,
    options: [Syntax.Option]
  ) -> Syntax {
    .foreignData(
      Syntax.ForeignData(
        action: action, name: String(tree: name), ifNotExists: ifNotExists != 0, options: options))
  }

  /// The function of a foreign data wrapper that the option gives.
  private func function(_ option: String, in options: [Node]) -> Syntax.QualifiedName? {
    let definition = options.compactMap(\.definition).first { String(tree: $0.pointee.defname) == option }
    return Syntax.QualifiedName(definition?.pointee.arg?.list ?? [])
  }

  // MARK: The rest

  private func definition(_ node: Node) -> Syntax.DefineObject? {
    func define(
      _ kind: Syntax.ObjectKind, _ names: UnsafeMutablePointer<Node?>?, _ count: Int,
      orReplace: protobuf_c_boolean = 0, ifNotExists: protobuf_c_boolean = 0
    ) -> Syntax.DefineObject? {
      Syntax.QualifiedName(Array(names, count: count)).map {
        Syntax.DefineObject(
          object: Syntax.ObjectReference(kind: kind, name: $0), orReplace: orReplace != 0,
          ifNotExists: ifNotExists != 0)
      }
    }
    switch node.kind {
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
      let statement = node.pointee.define_stmt.pointee
      return define(
        .init(statement.kind), statement.defnames, statement.n_defnames, orReplace: statement.replace,
        ifNotExists: statement.if_not_exists)
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
      let statement = node.pointee.create_stats_stmt.pointee
      return define(.statistics, statement.defnames, statement.n_defnames, ifNotExists: statement.if_not_exists)
    case PG_QUERY__NODE__NODE_CREATE_OP_CLASS_STMT:
      let statement = node.pointee.create_op_class_stmt.pointee
      return define(.operatorClass, statement.opclassname, statement.n_opclassname)
    case PG_QUERY__NODE__NODE_CREATE_OP_FAMILY_STMT:
      let statement = node.pointee.create_op_family_stmt.pointee
      return define(.operatorFamily, statement.opfamilyname, statement.n_opfamilyname)
    case PG_QUERY__NODE__NODE_CREATE_CONVERSION_STMT:
      let statement = node.pointee.create_conversion_stmt.pointee
      return define(.conversion, statement.conversion_name, statement.n_conversion_name)
    case PG_QUERY__NODE__NODE_CREATE_CAST_STMT:
      let statement = node.pointee.create_cast_stmt.pointee
      let types = [statement.sourcetype, statement.targettype].compactMap { $0.map { typeName($0).description } }
      return Syntax.DefineObject(
        object: .init(kind: .cast, name: .init(schema: nil, name: "(\(types.joined(separator: " as ")))")),
        orReplace: false, ifNotExists: false)
    case PG_QUERY__NODE__NODE_CREATE_PLANG_STMT:
      let statement = node.pointee.create_plang_stmt.pointee
      return Syntax.DefineObject(
        object: .init(kind: .language, name: .init(schema: nil, name: String(tree: statement.plname))),
        orReplace: statement.replace != 0, ifNotExists: false)
    case PG_QUERY__NODE__NODE_CREATE_AM_STMT:
      let statement = node.pointee.create_am_stmt.pointee
      return Syntax.DefineObject(
        object: .init(kind: .accessMethod, name: .init(schema: nil, name: String(tree: statement.amname))),
        orReplace: false, ifNotExists: false)
    default:
      return nil
    }
  }
}

extension Syntax.AlterPublication.Action {
  fileprivate init(_ action: PgQuery__AlterPublicationAction) {
    switch action {
    case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_AddObjects: self = .add
    case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_DropObjects: self = .drop
    default: self = .set
    }
  }
}
