internal import CPGQuery

extension Lowering {
  /// What reads and writes rows, or runs code; nil for the rest.
  func dataSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_SELECT_STMT: select(node)
    case PG_QUERY__NODE__NODE_INSERT_STMT: .insert(insert(node.pointee.insert_stmt.pointee))
    case PG_QUERY__NODE__NODE_UPDATE_STMT: .update(update(node.pointee.update_stmt.pointee))
    case PG_QUERY__NODE__NODE_DELETE_STMT: .delete(delete(node.pointee.delete_stmt.pointee))
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT: .truncate(truncate(node.pointee.truncate_stmt.pointee))
    case PG_QUERY__NODE__NODE_COPY_STMT: .copy(copy(node.pointee.copy_stmt.pointee))
    case PG_QUERY__NODE__NODE_CALL_STMT: call(node.pointee.call_stmt.pointee)
    case PG_QUERY__NODE__NODE_DO_STMT: .doBlock(doBlock(node.pointee.do_stmt.pointee))
    default: nil
    }
  }

  private func select(_ node: Node) -> Syntax {
    let statement = node.pointee.select_stmt.pointee
    if let into = statement.into_clause { return .createTableAs(createTableAs(into: into.pointee)) }
    let facts = TreeFacts(node)
    return .select(
      Syntax.Select(
        functions: facts.functions, hasFrom: !facts.relations.isEmpty, modifiesData: facts.modifiesData))
  }

  private func insert(_ statement: PgQuery__InsertStmt) -> Syntax.Insert {
    var rowCount: Int?
    if let source = statement.select_stmt {
      let rows = source.pointee.select_stmt.pointee.n_values_lists
      rowCount = rows > 0 ? rows : nil
    } else {
      rowCount = 1
    }
    let conflict = statement.on_conflict_clause?.pointee.action
    return Syntax.Insert(
      table: Syntax.QualifiedName(statement.relation),
      tableLocation: offset(statement.relation),
      columns: targets(statement.cols, statement.n_cols),
      repeatedColumns: repeated(statement.cols, statement.n_cols)
        + (statement.on_conflict_clause.map { repeated($0.pointee.target_list, $0.pointee.n_target_list) } ?? []),
      rowCount: rowCount,
      onConflict: conflict.map { $0 == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE ? .doUpdate : .doNothing })
  }

  private func update(_ statement: PgQuery__UpdateStmt) -> Syntax.Update {
    Syntax.Update(
      table: Syntax.QualifiedName(statement.relation),
      tableLocation: offset(statement.relation),
      columns: targets(statement.target_list, statement.n_target_list),
      repeatedColumns: repeated(statement.target_list, statement.n_target_list),
      hasWhere: statement.where_clause.map { $0.truth != true } ?? false)
  }

  private func delete(_ statement: PgQuery__DeleteStmt) -> Syntax.Delete {
    Syntax.Delete(
      table: Syntax.QualifiedName(statement.relation),
      tableLocation: offset(statement.relation),
      hasWhere: statement.where_clause.map { $0.truth != true } ?? false)
  }

  private func targets(_ first: UnsafeMutablePointer<Node?>?, _ count: Int) -> [String] {
    Array(first, count: count).filter { $0.kind == PG_QUERY__NODE__NODE_RES_TARGET }
      .map { String(tree: $0.pointee.res_target.pointee.name) }
  }

  /// In the order of their second mention.
  private func repeated(_ first: UnsafeMutablePointer<Node?>?, _ count: Int) -> [String] {
    var seen: Set<String> = []
    var repeated: [String] = []
    for node in Array(first, count: count) where node.kind == PG_QUERY__NODE__NODE_RES_TARGET {
      let target = node.pointee.res_target.pointee
      let name = String(tree: target.name)
      guard target.n_indirection == 0, !seen.insert(name).inserted, !repeated.contains(name) else { continue }
      repeated.append(name)
    }
    return repeated
  }

  private func truncate(_ statement: PgQuery__TruncateStmt) -> Syntax.Truncate {
    Syntax.Truncate(
      tables: relations(Array(statement.relations, count: statement.n_relations)),
      cascade: statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
  }

  private func copy(_ statement: PgQuery__CopyStmt) -> Syntax.Copy {
    let file = nonempty(statement.filename)
    return Syntax.Copy(
      table: statement.relation.map { Syntax.QualifiedName($0) },
      columns: Array(statement.attlist, count: statement.n_attlist).compactMap(\.string),
      isFrom: statement.is_from != 0,
      end: file.map { statement.is_program != 0 ? .program($0) : .file($0) } ?? .client)
  }

  private func call(_ statement: PgQuery__CallStmt) -> Syntax? {
    let call = statement.funccall.pointee
    return Syntax.QualifiedName(Array(call.funcname, count: call.n_funcname)).map { .call(Syntax.Call(procedure: $0)) }
  }

  private func doBlock(_ statement: PgQuery__DoStmt) -> Syntax.DoBlock {
    let options = options(statement.args, count: statement.n_args)
    return Syntax.DoBlock(
      body: options.value(of: "as") ?? "", language: options.value(of: "language")?.lowercased() ?? "plpgsql")
  }
}
