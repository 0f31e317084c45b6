internal import CPGQuery

extension Lowering {
  /// What one can do to any kind of object; nil for the rest.
  func generalSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_DROP_STMT: .drop(drop(node.pointee.drop_stmt.pointee))
    case PG_QUERY__NODE__NODE_RENAME_STMT: rename(node.pointee.rename_stmt.pointee).map { .rename($0) }
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      setSchema(node.pointee.alter_object_schema_stmt.pointee).map { .setSchema($0) }
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
      changeOwner(node.pointee.alter_owner_stmt.pointee).map { .changeOwner($0) }
    case PG_QUERY__NODE__NODE_COMMENT_STMT: comment(node.pointee.comment_stmt.pointee).map { .comment($0) }
    default: nil
    }
  }

  private func drop(_ statement: PgQuery__DropStmt) -> Syntax.Drop {
    let kind = Syntax.ObjectKind(statement.remove_type)
    return Syntax.Drop(
      kind: kind,
      objects: Array(statement.objects, count: statement.n_objects).compactMap { reference(kind, $0) },
      ifExists: statement.missing_ok != 0,
      cascade: statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
      concurrently: statement.concurrent != 0)
  }

  private func rename(_ statement: PgQuery__RenameStmt) -> Syntax.Rename? {
    let kind = Syntax.ObjectKind(statement.rename_type)
    let relation = statement.relation.map { Syntax.QualifiedName($0) }
    let part = nonempty(statement.subname)
    let object: Syntax.ObjectReference?
    switch (part, relation, statement.object) {
    case (let part?, let relation?, _):
      object = Syntax.ObjectReference(
        kind: kind, name: .init(schema: nil, name: part), owner: relation, arguments: nil)
    case (let part?, nil, let owner?):
      object = Syntax.ObjectReference(
        kind: kind, name: .init(schema: nil, name: part), owner: reference(.domain, owner)?.name, arguments: nil)
    case (let part?, nil, nil): object = Syntax.ObjectReference(kind: kind, name: .init(schema: nil, name: part))
    case (nil, let relation?, _): object = Syntax.ObjectReference(kind: kind, name: relation)
    case (nil, nil, let node): object = node.flatMap { reference(kind, $0) }
    }
    return object.map {
      Syntax.Rename(object: $0, newName: String(tree: statement.newname), ifExists: statement.missing_ok != 0)
    }
  }

  private func setSchema(_ statement: PgQuery__AlterObjectSchemaStmt) -> Syntax.SetSchema? {
    object(Syntax.ObjectKind(statement.object_type), statement.relation, statement.object).map {
      Syntax.SetSchema(object: $0, newSchema: String(tree: statement.newschema), ifExists: statement.missing_ok != 0)
    }
  }

  private func changeOwner(_ statement: PgQuery__AlterOwnerStmt) -> Syntax.ChangeOwner? {
    object(Syntax.ObjectKind(statement.object_type), statement.relation, statement.object).map {
      Syntax.ChangeOwner(object: $0, newOwner: Syntax.RoleName(statement.newowner))
    }
  }

  private func comment(_ statement: PgQuery__CommentStmt) -> Syntax.CommentOn? {
    guard let node = statement.object, let object = reference(.init(statement.objtype), node) else { return nil }
    return Syntax.CommentOn(object: object, text: nonempty(statement.comment))
  }

  private func object(
    _ kind: Syntax.ObjectKind, _ relation: UnsafeMutablePointer<PgQuery__RangeVar>?, _ node: Node?
  ) -> Syntax.ObjectReference? {
    if let relation { return Syntax.ObjectReference(kind: kind, name: Syntax.QualifiedName(relation)) }
    return node.flatMap { reference(kind, $0) }
  }
}
