internal import CPGQuery

extension Lowering {
  /// Nil for what is no table, nor hangs on one.
  func tableSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      .createTable(createTable(node.pointee.create_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
      .createTable(createForeignTable(node.pointee.create_foreign_table_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      .createTableAs(createTableAs(node.pointee.create_table_as_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      .alterTable(alterTable(node.pointee.alter_table_stmt.pointee))
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      .createIndex(createIndex(node.pointee.index_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
      createTrigger(node.pointee.create_trig_stmt.pointee)
    case PG_QUERY__NODE__NODE_RULE_STMT:
      .createRule(createRule(node.pointee.rule_stmt.pointee))
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      .createView(createView(node.pointee.view_stmt.pointee))
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      .refreshMaterializedView(refresh(node.pointee.refresh_mat_view_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
      .createSequence(createSequence(node.pointee.create_seq_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
      .alterSequence(alterSequence(node.pointee.alter_seq_stmt.pointee))
    default: nil
    }
  }

  // MARK: Tables

  private func createTable(_ statement: PgQuery__CreateStmt) -> Syntax.CreateTable {
    let elements = Array(statement.table_elts, count: statement.n_table_elts)
    let parents = relations(Array(statement.inh_relations, count: statement.n_inh_relations))
    let isPartition = statement.partbound != nil
    let ofType = statement.of_typename.map { typeName($0) }
    return Syntax.CreateTable(
      name: Syntax.QualifiedName(statement.relation),
      nameLocation: offset(statement.relation),
      ifNotExists: statement.if_not_exists != 0,
      persistence: Syntax.Persistence(statement.relation),
      columns: elements.filter { $0.kind == PG_QUERY__NODE__NODE_COLUMN_DEF }
        .map { column($0.pointee.column_def.pointee) },
      constraints: elements.filter { $0.kind == PG_QUERY__NODE__NODE_CONSTRAINT }
        .compactMap { tableConstraint($0.pointee.constraint.pointee) },
      inherits: isPartition ? [] : parents,
      partitionOf: isPartition ? parents.first : nil,
      isPartitioned: statement.partspec != nil,
      like: elements.filter { $0.kind == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE }
        .map { like($0.pointee.table_like_clause.pointee) },
      ofType: ofType.map { Syntax.QualifiedName(schema: $0.schema, name: $0.name) },
      options: options(statement.options, count: statement.n_options),
      foreignServer: nil)
  }

  /// The options are the bits of `TableLikeOption` in PostgreSQL's `parsenodes.h`.
  private func like(_ clause: PgQuery__TableLikeClause) -> Syntax.CreateTable.Like {
    Syntax.CreateTable.Like(
      table: Syntax.QualifiedName(clause.relation),
      includesDefaults: clause.options & 1 << 3 != 0,
      includesIndexes: clause.options & 1 << 6 != 0)
  }

  private func createForeignTable(_ statement: PgQuery__CreateForeignTableStmt) -> Syntax.CreateTable {
    var table = createTable(statement.base_stmt.pointee)
    table.foreignServer = String(tree: statement.servername)
    table.options += options(statement.options, count: statement.n_options)
    return table
  }

  private func createTableAs(_ statement: PgQuery__CreateTableAsStmt) -> Syntax.CreateTableAs {
    var table = createTableAs(into: statement.into.pointee)
    table.ifNotExists = statement.if_not_exists != 0
    table.isMaterializedView = statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
    table.reads = statement.query.map { TreeFacts($0).relations } ?? []
    return table
  }

  /// Also of `SELECT ... INTO`.
  func createTableAs(into: PgQuery__IntoClause) -> Syntax.CreateTableAs {
    Syntax.CreateTableAs(
      name: Syntax.QualifiedName(into.rel),
      nameLocation: offset(into.rel),
      ifNotExists: false,
      persistence: Syntax.Persistence(into.rel),
      isMaterializedView: false,
      withData: into.skip_data == 0,
      options: options(into.options, count: into.n_options),
      reads: [])
  }

  // MARK: What hangs on tables

  private func createIndex(_ statement: PgQuery__IndexStmt) -> Syntax.CreateIndex {
    let afterTable = tokens.index(at: offset(statement.relation))
    let with = statement.n_options > 0 ? tokens.index(of: "with", from: afterTable) : nil
    let end = with.flatMap { tokens.contentsOfParentheses(at: $0 + 1) }.map { tokens.index(at: $0.upperBound) }
    let predicate = tokens.index(of: "where", from: afterTable).flatMap {
      tokens.range(from: $0 + 1, to: tokens.tokens.count)
    }
    return Syntax.CreateIndex(
      name: nonempty(statement.idxname),
      table: Syntax.QualifiedName(statement.relation),
      tableLocation: offset(statement.relation),
      isOnly: statement.relation?.pointee.inh == 0,
      isUnique: statement.unique != 0,
      concurrently: statement.concurrent != 0,
      ifNotExists: statement.if_not_exists != 0,
      method: nonempty(statement.access_method) ?? "btree",
      elements: indexElements(statement.index_params, count: statement.n_index_params),
      included: indexElements(statement.index_including_params, count: statement.n_index_including_params)
        .compactMap(\.column),
      predicate: statement.where_clause.map { expression($0, in: predicate) },
      options: options(statement.options, count: statement.n_options),
      optionsRange: with.flatMap { with in end.flatMap { tokens.range(from: with, to: $0 + 1) } })
  }

  private func indexElements(
    _ first: UnsafeMutablePointer<Node?>?, count: Int
  ) -> [Syntax.CreateIndex.Element] {
    Array(first, count: count).filter { $0.kind == PG_QUERY__NODE__NODE_INDEX_ELEM }.map { node in
      let element = node.pointee.index_elem.pointee
      return Syntax.CreateIndex.Element(
        column: nonempty(element.name),
        operatorClass: Syntax.QualifiedName(Array(element.opclass, count: element.n_opclass)),
        isPlain: element.n_opclass == 0 && element.n_collation == 0
          && element.ordering != PG_QUERY__SORT_BY_DIR__SORTBY_DESC
          && element.nulls_ordering != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
    }
  }

  private func createTrigger(_ statement: PgQuery__CreateTrigStmt) -> Syntax? {
    guard let function = Syntax.QualifiedName(Array(statement.funcname, count: statement.n_funcname)) else {
      return nil
    }
    // The bits are those of src/include/catalog/pg_trigger.h.
    let events: [(bit: Int32, event: Syntax.CreateTrigger.Event)] = [
      (1 << 2, .insert), (1 << 3, .delete), (1 << 4, .update), (1 << 5, .truncate),
    ]
    return .createTrigger(
      Syntax.CreateTrigger(
        name: String(tree: statement.trigname),
        table: Syntax.QualifiedName(statement.relation),
        tableLocation: offset(statement.relation),
        orReplace: statement.replace != 0,
        isConstraint: statement.isconstraint != 0,
        function: function,
        timing: statement.timing & 1 << 1 != 0 ? .before : statement.timing & 1 << 6 != 0 ? .insteadOf : .after,
        events: Set(events.filter { statement.events & $0.bit != 0 }.map(\.event)),
        forEachRow: statement.row != 0))
  }

  private func createRule(_ statement: PgQuery__RuleStmt) -> Syntax.CreateRule {
    Syntax.CreateRule(
      name: String(tree: statement.rulename),
      table: Syntax.QualifiedName(statement.relation),
      orReplace: statement.replace != 0)
  }

  // MARK: Views and sequences

  private func createView(_ statement: PgQuery__ViewStmt) -> Syntax.CreateView {
    Syntax.CreateView(
      name: Syntax.QualifiedName(statement.view),
      nameLocation: offset(statement.view),
      orReplace: statement.replace != 0,
      persistence: Syntax.Persistence(statement.view),
      options: options(statement.options, count: statement.n_options),
      reads: statement.query.map { TreeFacts($0).relations } ?? [])
  }

  private func refresh(_ statement: PgQuery__RefreshMatViewStmt) -> Syntax.RefreshMaterializedView {
    Syntax.RefreshMaterializedView(
      name: Syntax.QualifiedName(statement.relation),
      concurrently: statement.concurrent != 0,
      withData: statement.skip_data == 0)
  }

  private func createSequence(_ statement: PgQuery__CreateSeqStmt) -> Syntax.CreateSequence {
    Syntax.CreateSequence(
      name: Syntax.QualifiedName(statement.sequence),
      ifNotExists: statement.if_not_exists != 0,
      persistence: Syntax.Persistence(statement.sequence),
      options: options(statement.options, count: statement.n_options))
  }

  private func alterSequence(_ statement: PgQuery__AlterSeqStmt) -> Syntax.AlterSequence {
    Syntax.AlterSequence(
      name: Syntax.QualifiedName(statement.sequence),
      ifExists: statement.missing_ok != 0,
      options: options(statement.options, count: statement.n_options))
  }
}
