internal import CPGQuery

extension Lowering {
  func alterTable(_ statement: PgQuery__AlterTableStmt) -> Syntax.AlterTable {
    let commands = Array(statement.cmds, count: statement.n_cmds)
      .filter { $0.kind == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD }.map(\.pointee.alter_table_cmd.pointee)
    let ranges = commandRanges(after: offset(statement.relation), count: commands.count)
    return Syntax.AlterTable(
      kind: Syntax.ObjectKind(statement.objtype),
      name: Syntax.QualifiedName(statement.relation),
      nameLocation: offset(statement.relation),
      ifExists: statement.missing_ok != 0,
      commands: zip(commands, ranges).map { command, range in
        Syntax.AlterTableCommand(
          action: action(command, range),
          cascade: command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
          range: range)
      })
  }

  /// The tree does not say where the commands are: they are what the commas after the table's name separate.
  private func commandRanges(after name: Int, count: Int) -> [Range<Int>] {
    var index = tokens.index(at: name) + 1
    while tokens.isPunctuation(Byte.dot, at: index) { index += 2 }
    if index < tokens.tokens.count, text(tokens.tokens[index].range) == "*" { index += 1 }
    var ranges: [Range<Int>] = []
    while index < tokens.tokens.count {
      let end = tokens.endOfElement(from: index)
      guard let range = tokens.range(from: index, to: end) else { break }
      ranges.append(range)
      index = end + 1
    }
    return ranges.count == count ? ranges : Array(repeating: range, count: count)
  }

  private func action(_ command: PgQuery__AlterTableCmd, _ range: Range<Int>) -> Syntax.AlterTableCommand.Action {
    columnAction(command, range) ?? constraintAction(command) ?? tableAction(command)
      ?? .other(name(of: command))
  }

  // MARK: Columns

  private func columnAction(
    _ command: PgQuery__AlterTableCmd, _ range: Range<Int>
  ) -> Syntax.AlterTableCommand.Action? {
    let name = String(tree: command.name)
    let ifExists = command.missing_ok != 0
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
      return command.columnDefinition.map { .addColumn(column($0), ifNotExists: ifExists) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: return .dropColumn(name, ifExists: ifExists)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
      return command.columnDefinition.flatMap { alterType(of: name, $0, range) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: return .setNotNull(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull: return .dropNotNull(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
      guard let value = command.def else { return .dropDefault(name) }
      return .setDefault(name, expression(value, in: rest(of: range, after: "default")))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity: return .addIdentity(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity: return .setIdentity(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity: return .dropIdentity(name, ifExists: ifExists)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression: return .dropExpression(name, ifExists: ifExists)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics: return .setStatistics
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage: return .setStorage
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions, PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
      return .setColumnOptions(name, command.list.map(options) ?? [])
    default: return nil
    }
  }

  private func alterType(
    of name: String, _ definition: PgQuery__ColumnDef, _ range: Range<Int>
  ) -> Syntax.AlterTableCommand.Action? {
    guard let newType = definition.type_name.map({ typeName($0) }) else { return nil }
    let using = definition.raw_default.map { expression($0, in: rest(of: range, after: "using")) }
    return .alterColumnType(name, newType, using: using)
  }

  /// What follows the word in the command.
  private func rest(of range: Range<Int>, after word: StaticString) -> Range<Int>? {
    let end = tokens.index(at: range.upperBound)
    return tokens.index(of: word, from: tokens.index(at: range.lowerBound), to: end)
      .flatMap { tokens.range(from: $0 + 1, to: end) }
  }

  // MARK: Constraints

  private func constraintAction(_ command: PgQuery__AlterTableCmd) -> Syntax.AlterTableCommand.Action? {
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      return command.constraint.flatMap { tableConstraint($0) }.map { .addConstraint($0) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint:
      return command.constraint.map { .alterConstraint(String(tree: $0.conname)) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
      return .validateConstraint(String(tree: command.name))
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
      return .dropConstraint(String(tree: command.name), ifExists: command.missing_ok != 0)
    default: return nil
    }
  }

  // MARK: The table

  private func tableAction(_ command: PgQuery__AlterTableCmd) -> Syntax.AlterTableCommand.Action? {
    let name = nonempty(command.name)
    switch command.subtype {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity: return .enableRowSecurity
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity: return .disableRowSecurity
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity: return .forceRowSecurity
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity: return .noForceRowSecurity
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll,
      PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
      return .enableTrigger(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig, PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll,
      PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
      return .disableTrigger(name)
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
      return command.partition.map { .attachPartition(Syntax.QualifiedName($0.name)) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      return command.partition.map {
        .detachPartition(Syntax.QualifiedName($0.name), concurrently: $0.concurrent != 0)
      }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit:
      return command.def?.relation.map { .inherit(Syntax.QualifiedName($0)) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit:
      return command.def?.relation.map { .noInherit(Syntax.QualifiedName($0)) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
      return command.newowner.map { .changeOwner(Syntax.RoleName($0)) }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity: return .replicaIdentity
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions: return .setOptions(command.list.map(options) ?? [])
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions: return .resetOptions(command.list.map(options) ?? [])
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged: return .setLogged
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged: return .setUnlogged
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod: return .setAccessMethod
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace: return .setTablespace
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn: return .clusterOn(String(tree: command.name))
    default: return nil
    }
  }

  /// The parser's name for the command, as `AT_DropOids`, which the descriptor of its type has.
  private func name(of command: PgQuery__AlterTableCmd) -> String {
    let field = protobuf_c_message_descriptor_get_field_by_name(command.base.descriptor, "subtype")
    let type = field?.pointee.descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
    let value = protobuf_c_enum_descriptor_get_value(type, Int32(command.subtype.rawValue))
    return value?.pointee.name.map { String(cString: $0) } ?? "unknown"
  }

  private func options(_ list: PgQuery__List) -> [Syntax.Option] {
    options(list.items, count: list.n_items)
  }
}

extension PgQuery__AlterTableCmd {
  fileprivate var columnDefinition: PgQuery__ColumnDef? {
    guard let def, def.kind == PG_QUERY__NODE__NODE_COLUMN_DEF else { return nil }
    return def.pointee.column_def.pointee
  }

  fileprivate var constraint: PgQuery__Constraint? {
    guard let def, def.kind == PG_QUERY__NODE__NODE_CONSTRAINT else { return nil }
    return def.pointee.constraint.pointee
  }

  fileprivate var partition: PgQuery__PartitionCmd? {
    guard let def, def.kind == PG_QUERY__NODE__NODE_PARTITION_CMD else { return nil }
    return def.pointee.partition_cmd.pointee
  }

  fileprivate var list: PgQuery__List? {
    guard let def, def.kind == PG_QUERY__NODE__NODE_LIST else { return nil }
    return def.pointee.list.pointee
  }
}
