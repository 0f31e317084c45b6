internal import CPGQuery

extension Lowering {
  /// Settings, transactions, locks, maintenance and the cluster; nil for the rest.
  func sessionSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
      .setParameter(setParameter(node.pointee.variable_set_stmt.pointee))
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT: transaction(node.pointee.transaction_stmt.pointee)
    case PG_QUERY__NODE__NODE_LOCK_STMT: .lock(lock(node.pointee.lock_stmt.pointee))
    default: maintenance(node).map { .maintenance($0) } ?? clusterCommand(node).map { .cluster($0) }
    }
  }

  func setParameter(_ statement: PgQuery__VariableSetStmt) -> Syntax.SetParameter {
    let values = Array(statement.args, count: statement.n_args).compactMap(value)
    let action: Syntax.SetParameter.Action =
      switch statement.kind {
      case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT: .setDefault
      case PG_QUERY__VARIABLE_SET_KIND__VAR_SET_CURRENT: .fromCurrent
      case PG_QUERY__VARIABLE_SET_KIND__VAR_RESET, PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL: .reset
      default: .set(values)
      }
    return Syntax.SetParameter(
      name: String(tree: statement.name).lowercased(), action: action, isLocal: statement.is_local != 0)
  }

  private func transaction(_ statement: PgQuery__TransactionStmt) -> Syntax? {
    let savepoint = String(tree: statement.savepoint_name)
    let chains = statement.chain != 0
    switch statement.kind {
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN, PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
      return .transaction(.begin)
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT: return .transaction(.commit(chains: chains))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK: return .transaction(.rollback(chains: chains))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT: return .transaction(.savepoint(savepoint))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE: return .transaction(.releaseSavepoint(savepoint))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
      return .transaction(.rollbackToSavepoint(savepoint))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE: return .transaction(.prepare)
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED:
      return .cluster(.finishPrepared(commits: true))
    case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED:
      return .cluster(.finishPrepared(commits: false))
    default: return nil
    }
  }

  private func lock(_ statement: PgQuery__LockStmt) -> Syntax.LockTable {
    Syntax.LockTable(
      tables: relations(Array(statement.relations, count: statement.n_relations)),
      mode: Int(statement.mode),
      noWait: statement.nowait != 0)
  }

  // MARK: Maintenance

  private func maintenance(_ node: Node) -> Syntax.Maintenance? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      let statement = node.pointee.vacuum_stmt.pointee
      let isFull = options(statement.options, count: statement.n_options).isOn("full", byDefault: false)
      let relations = Array(statement.rels, count: statement.n_rels)
        .filter { $0.kind == PG_QUERY__NODE__NODE_VACUUM_RELATION }
        .compactMap { $0.pointee.vacuum_relation.pointee.relation.map { Syntax.QualifiedName($0) } }
      return Syntax.Maintenance(
        command: statement.is_vacuumcmd != 0 ? .vacuum(full: isFull) : .analyze, relations: relations)
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
      let relation = node.pointee.cluster_stmt.pointee.relation.map { Syntax.QualifiedName($0) }
      return Syntax.Maintenance(command: .cluster, relations: relation.map { [$0] } ?? [])
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
      let statement = node.pointee.reindex_stmt.pointee
      let concurrently = options(statement.params, count: statement.n_params).isOn("concurrently", byDefault: false)
      let relation = statement.relation.map { Syntax.QualifiedName($0) }
      return Syntax.Maintenance(
        command: .reindex(.init(statement.kind), concurrently: concurrently),
        relations: relation.map { [$0] } ?? [])
    default:
      return nil
    }
  }

  // MARK: The cluster

  private func clusterCommand(_ node: Node) -> Syntax.ClusterCommand? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
      return .alterSystem
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
      return .createDatabase(String(tree: node.pointee.createdb_stmt.pointee.dbname))
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      let statement = node.pointee.dropdb_stmt.pointee
      return .dropDatabase(String(tree: statement.dbname), ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
      let statement = node.pointee.alter_database_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return .alterDatabase(String(tree: statement.dbname), movesTablespace: options.value(of: "tablespace") != nil)
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
      return .createTablespace(String(tree: node.pointee.create_table_space_stmt.pointee.tablespacename))
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      let statement = node.pointee.drop_table_space_stmt.pointee
      return .dropTablespace(String(tree: statement.tablespacename), ifExists: statement.missing_ok != 0)
    case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
      let statement = node.pointee.drop_role_stmt.pointee
      return .dropRole(
        roles(Array(statement.roles, count: statement.n_roles)), ifExists: statement.missing_ok != 0)
    default:
      return subscriptionCommand(node)
    }
  }

  private func subscriptionCommand(_ node: Node) -> Syntax.ClusterCommand? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
      let statement = node.pointee.create_subscription_stmt.pointee
      let options = options(statement.options, count: statement.n_options)
      return .createSubscription(
        String(tree: statement.subname), createsSlot: options.isOn("create_slot") && options.isOn("connect"))
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
      let statement = node.pointee.alter_subscription_stmt.pointee
      let refreshes =
        switch statement.kind {
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH: true
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION,
          PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION,
          PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
          options(statement.options, count: statement.n_options).isOn("refresh")
        default: false
        }
      return .alterSubscription(String(tree: statement.subname), refreshes: refreshes)
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
      let statement = node.pointee.drop_subscription_stmt.pointee
      return .dropSubscription(String(tree: statement.subname), ifExists: statement.missing_ok != 0)
    default:
      return nil
    }
  }
}

extension Syntax.Maintenance.ReindexTarget {
  fileprivate init(_ kind: PgQuery__ReindexObjectType) {
    switch kind {
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE: self = .table
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA: self = .schema
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM: self = .system
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_DATABASE: self = .database
    default: self = .index
    }
  }
}
