internal import CPGQuery

extension Lowering {
  /// Policies, roles and privileges; nil for the rest.
  func accessSyntax(_ node: Node) -> Syntax? {
    switch node.kind {
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      return .createPolicy(createPolicy(node.pointee.create_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      return .alterPolicy(alterPolicy(node.pointee.alter_policy_stmt.pointee))
    case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
      let statement = node.pointee.create_role_stmt.pointee
      return .createRole(
        Syntax.CreateRole(
          name: String(tree: statement.role), options: roleOptions(statement.options, statement.n_options)))
    case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
      let statement = node.pointee.alter_role_stmt.pointee
      return .alterRole(
        Syntax.AlterRole(
          role: Syntax.RoleName(statement.role), options: roleOptions(statement.options, statement.n_options)))
    case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
      let statement = node.pointee.alter_role_set_stmt.pointee
      return .alterRoleSetting(
        Syntax.AlterRoleSetting(
          role: statement.role.map { Syntax.RoleName($0) }, database: nonempty(statement.database),
          setting: setParameter(statement.setstmt.pointee)))
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_SET_STMT:
      let statement = node.pointee.alter_database_set_stmt.pointee
      return .alterRoleSetting(
        Syntax.AlterRoleSetting(
          role: nil, database: nonempty(statement.dbname), setting: setParameter(statement.setstmt.pointee)))
    case PG_QUERY__NODE__NODE_GRANT_STMT:
      return .grant(grant(node.pointee.grant_stmt.pointee))
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
      return .grantRole(grantRole(node.pointee.grant_role_stmt.pointee))
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
      return .alterDefaultPrivileges(defaultPrivileges(node.pointee.alter_default_privileges_stmt.pointee))
    case PG_QUERY__NODE__NODE_REASSIGN_OWNED_STMT:
      let statement = node.pointee.reassign_owned_stmt.pointee
      return .reassignOwned(
        Syntax.ReassignOwned(
          roles: roles(Array(statement.roles, count: statement.n_roles)),
          newOwner: Syntax.RoleName(statement.newrole)))
    case PG_QUERY__NODE__NODE_DROP_OWNED_STMT:
      let statement = node.pointee.drop_owned_stmt.pointee
      return .reassignOwned(
        Syntax.ReassignOwned(roles: roles(Array(statement.roles, count: statement.n_roles)), newOwner: nil))
    default:
      return nil
    }
  }

  // MARK: Policies

  private func createPolicy(_ statement: PgQuery__CreatePolicyStmt) -> Syntax.CreatePolicy {
    let afterTable = tokens.index(at: offset(statement.table))
    return Syntax.CreatePolicy(
      name: String(tree: statement.policy_name),
      table: Syntax.QualifiedName(statement.table),
      tableLocation: offset(statement.table),
      isPermissive: statement.permissive != 0,
      command: Syntax.PolicyCommand(rawValue: String(tree: statement.cmd_name)) ?? .all,
      roles: roles(Array(statement.roles, count: statement.n_roles)),
      using: statement.qual.map { expression($0, inParenthesesAfter: "using", from: afterTable) },
      withCheck: statement.with_check.map { expression($0, inParenthesesAfter: "check", from: afterTable) })
  }

  private func alterPolicy(_ statement: PgQuery__AlterPolicyStmt) -> Syntax.AlterPolicy {
    let afterTable = tokens.index(at: offset(statement.table))
    let roles = roles(Array(statement.roles, count: statement.n_roles))
    return Syntax.AlterPolicy(
      name: String(tree: statement.policy_name),
      table: Syntax.QualifiedName(statement.table),
      tableLocation: offset(statement.table),
      roles: roles.isEmpty ? nil : roles,
      using: statement.qual.map { expression($0, inParenthesesAfter: "using", from: afterTable) },
      withCheck: statement.with_check.map { expression($0, inParenthesesAfter: "check", from: afterTable) })
  }

  // MARK: Roles

  private func roleOptions(_ first: UnsafeMutablePointer<Node?>?, _ count: Int) -> [Syntax.Option] {
    options(first, count: count).map { option in
      var option = option
      if option.name == "password" { option.value = nil }
      return option
    }
  }

  // MARK: Privileges

  private func grant(_ statement: PgQuery__GrantStmt) -> Syntax.Grant {
    let kind = Syntax.ObjectKind(statement.objtype)
    let objects = Array(statement.objects, count: statement.n_objects)
    let target: Syntax.Grant.Target =
      switch statement.targtype {
      case PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA: .allInSchema
      case PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_DEFAULTS: .defaults
      default: .objects
      }
    return Syntax.Grant(
      isGrant: statement.is_grant != 0,
      target: target,
      objectKind: kind,
      objects: target == .objects ? objects.compactMap { reference(kind, $0) } : [],
      schemas: target == .allInSchema ? objects.compactMap(\.string) : [],
      privileges: privileges(statement.privileges, statement.n_privileges),
      grantees: roles(Array(statement.grantees, count: statement.n_grantees)),
      grantOption: statement.grant_option != 0,
      cascade: statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
  }

  private func privileges(_ first: UnsafeMutablePointer<Node?>?, _ count: Int) -> [Syntax.Grant.Privilege] {
    Array(first, count: count).filter { $0.kind == PG_QUERY__NODE__NODE_ACCESS_PRIV }.map { node in
      let privilege = node.pointee.access_priv.pointee
      return Syntax.Grant.Privilege(
        name: nonempty(privilege.priv_name) ?? "all",
        columns: Array(privilege.cols, count: privilege.n_cols).compactMap(\.string))
    }
  }

  private func grantRole(_ statement: PgQuery__GrantRoleStmt) -> Syntax.GrantRole {
    Syntax.GrantRole(
      isGrant: statement.is_grant != 0,
      roles: privileges(statement.granted_roles, statement.n_granted_roles).map(\.name),
      grantees: roles(Array(statement.grantee_roles, count: statement.n_grantee_roles)),
      adminOption: statement.admin_opt != 0)
  }

  private func defaultPrivileges(_ statement: PgQuery__AlterDefaultPrivilegesStmt) -> Syntax.AlterDefaultPrivileges {
    let definitions = Array(statement.options, count: statement.n_options).compactMap(\.definition)
    func list(_ name: String) -> [Node] {
      definitions.first { String(tree: $0.pointee.defname) == name }.flatMap { $0.pointee.arg?.list } ?? []
    }
    return Syntax.AlterDefaultPrivileges(
      schemas: list("schemas").compactMap(\.string),
      creators: roles(list("roles")),
      grant: grant(statement.action.pointee))
  }
}
