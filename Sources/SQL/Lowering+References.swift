internal import CPGQuery

// What a statement calls an object: the tree has a different shape for almost every kind.

extension Lowering {
  /// - Parameter node: What the tree has for the name: a string, a list, a type, a function, a relation.
  func reference(_ kind: Syntax.ObjectKind, _ node: Node) -> Syntax.ObjectReference? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      return Syntax.ObjectReference(kind: kind, name: Syntax.QualifiedName(node.pointee.range_var))
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      return reference(kind, typeName(node.pointee.type_name))
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      return reference(kind, node.pointee.object_with_args.pointee)
    case PG_QUERY__NODE__NODE_LIST:
      return reference(kind, node.list ?? [])
    default:
      return value(node).map { Syntax.ObjectReference(kind: kind, name: .init(schema: nil, name: $0)) }
    }
  }

  private func reference(_ kind: Syntax.ObjectKind, _ type: Syntax.TypeName) -> Syntax.ObjectReference {
    Syntax.ObjectReference(kind: kind, name: Syntax.QualifiedName(schema: type.schema, name: type.name))
  }

  func reference(
    _ kind: Syntax.ObjectKind, _ function: PgQuery__ObjectWithArgs
  ) -> Syntax.ObjectReference? {
    guard let name = Syntax.QualifiedName(Array(function.objname, count: function.n_objname)) else { return nil }
    let arguments = UnsafeBufferPointer(start: function.objargs, count: function.n_objargs)
      .compactMap { $0?.typeName.map { typeName($0) } }
    return Syntax.ObjectReference(
      kind: kind, name: name, arguments: function.args_unspecified != 0 ? nil : arguments)
  }

  private func reference(_ kind: Syntax.ObjectKind, _ list: [Node]) -> Syntax.ObjectReference? {
    let names = list.compactMap(\.string)
    switch kind {
    case .column, .attribute, .constraint, .policy, .rule, .trigger:
      // The owner's name first, then its own.
      return names.last.map { name in
        Syntax.ObjectReference(
          kind: kind, name: .init(schema: nil, name: name), owner: Syntax.QualifiedName(names.dropLast()))
      }
    case .domainConstraint:
      return names.last.map { name in
        Syntax.ObjectReference(
          kind: kind, name: .init(schema: nil, name: name),
          owner: list.first?.typeName.map { reference(.domain, typeName($0)).name })
      }
    case .operatorClass, .operatorFamily:
      // The access method first.
      return Syntax.QualifiedName(Array(names.dropFirst())).map { Syntax.ObjectReference(kind: kind, name: $0) }
    case .cast:
      let types = list.compactMap(\.typeName).map { typeName($0).description }
      return Syntax.ObjectReference(
        kind: kind, name: .init(schema: nil, name: "(\(types.joined(separator: " as ")))"))
    case .transform:
      return list.first?.typeName.map { reference(kind, typeName($0)) }
    default:
      return Syntax.QualifiedName(names).map { Syntax.ObjectReference(kind: kind, name: $0) }
    }
  }
}

extension Syntax.QualifiedName {
  fileprivate init?(_ names: ArraySlice<String>) {
    self.init(Array(names))
  }
}

extension Syntax.ObjectReference {
  init(kind: Syntax.ObjectKind, name: Syntax.QualifiedName) {
    self.init(kind: kind, name: name, owner: nil, arguments: nil)
  }
}

extension Syntax.ObjectKind {
  init(_ type: PgQuery__ObjectType) {
    self = Self.byType[type.rawValue] ?? .unknown
  }

  private static let byType: [PgQuery__ObjectType.RawValue: Syntax.ObjectKind] = [
    PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD.rawValue: .accessMethod,
    PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE.rawValue: .aggregate,
    PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE.rawValue: .attribute,
    PG_QUERY__OBJECT_TYPE__OBJECT_CAST.rawValue: .cast,
    PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION.rawValue: .collation,
    PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN.rawValue: .column,
    PG_QUERY__OBJECT_TYPE__OBJECT_CONVERSION.rawValue: .conversion,
    PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE.rawValue: .database,
    PG_QUERY__OBJECT_TYPE__OBJECT_DEFACL.rawValue: .defaultPrivileges,
    PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN.rawValue: .domain,
    PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT.rawValue: .domainConstraint,
    PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER.rawValue: .eventTrigger,
    PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION.rawValue: .extension,
    PG_QUERY__OBJECT_TYPE__OBJECT_FDW.rawValue: .foreignDataWrapper,
    PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER.rawValue: .server,
    PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE.rawValue: .foreignTable,
    PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION.rawValue: .function,
    PG_QUERY__OBJECT_TYPE__OBJECT_INDEX.rawValue: .index,
    PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE.rawValue: .language,
    PG_QUERY__OBJECT_TYPE__OBJECT_LARGEOBJECT.rawValue: .largeObject,
    PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW.rawValue: .materializedView,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS.rawValue: .operatorClass,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR.rawValue: .operator,
    PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY.rawValue: .operatorFamily,
    PG_QUERY__OBJECT_TYPE__OBJECT_PARAMETER_ACL.rawValue: .parameter,
    PG_QUERY__OBJECT_TYPE__OBJECT_POLICY.rawValue: .policy,
    PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE.rawValue: .procedure,
    PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION.rawValue: .publication,
    PG_QUERY__OBJECT_TYPE__OBJECT_ROLE.rawValue: .role,
    PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE.rawValue: .routine,
    PG_QUERY__OBJECT_TYPE__OBJECT_RULE.rawValue: .rule,
    PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA.rawValue: .schema,
    PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE.rawValue: .sequence,
    PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT.rawValue: .statistics,
    PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION.rawValue: .subscription,
    PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT.rawValue: .constraint,
    PG_QUERY__OBJECT_TYPE__OBJECT_TABLE.rawValue: .table,
    PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE.rawValue: .tablespace,
    PG_QUERY__OBJECT_TYPE__OBJECT_TRANSFORM.rawValue: .transform,
    PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER.rawValue: .trigger,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION.rawValue: .textSearchConfiguration,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY.rawValue: .textSearchDictionary,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER.rawValue: .textSearchParser,
    PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE.rawValue: .textSearchTemplate,
    PG_QUERY__OBJECT_TYPE__OBJECT_TYPE.rawValue: .type,
    PG_QUERY__OBJECT_TYPE__OBJECT_USER_MAPPING.rawValue: .userMapping,
    PG_QUERY__OBJECT_TYPE__OBJECT_VIEW.rawValue: .view,
  ]
}
