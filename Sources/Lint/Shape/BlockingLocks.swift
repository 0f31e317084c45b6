internal import SQL
internal import Schema

/// A lock of a table that makes writes to it wait, or reads and writes.
struct BlockingLock: Hashable, Sendable {
  enum Mode: String, Comparable, Sendable {
    case share = "SHARE"
    case shareRowExclusive = "SHARE ROW EXCLUSIVE"
    case exclusive = "EXCLUSIVE"
    case accessExclusive = "ACCESS EXCLUSIVE"

    static func < (a: Mode, b: Mode) -> Bool { a.weight < b.weight }

    private var weight: Int {
      switch self {
      case .share: 5
      case .shareRowExclusive: 6
      case .exclusive: 7
      case .accessExclusive: 8
      }
    }
  }

  var table: Syntax.QualifiedName
  var mode: Mode
  /// Whether ``table`` is the name of an index, whose table is locked likewise; the statement does not say which.
  var isOfIndex = false
}

extension Syntax {
  /// The locks that the statement takes on the tables it names and that conflict with ROW EXCLUSIVE, which every write
  /// holds; as far as the statement alone says which.
  ///
  /// Related PostgreSQL source: `AlterTableGetLockLevel` in `src/backend/commands/tablecmds.c`; each was measured on
  /// PostgreSQL 15.
  var blockingLocks: [BlockingLock] {
    switch self {
    case .createTable(let create):
      return (create.partitionOf.map { [BlockingLock(table: $0, mode: .accessExclusive)] } ?? [])
        + Self.referenceLocks(create.allConstraints)
    case .alterTable(let alter) where [.table, .materializedView].contains(alter.kind):
      let own = alter.commands.compactMap(\.blockingMode).max()
      return (own.map { [BlockingLock(table: alter.name, mode: $0)] } ?? [])
        + alter.commands.flatMap { command -> [BlockingLock] in
          switch command.action {
          case .addColumn(let column, _): Self.referenceLocks(column.constraints)
          case .addConstraint(let constraint): Self.referenceLocks([constraint])
          case .attachPartition(let partition): [BlockingLock(table: partition, mode: .accessExclusive)]
          case .detachPartition(let partition, concurrently: false):
            [BlockingLock(table: partition, mode: .accessExclusive)]
          default: []
          }
        }
    case .createIndex(let create) where !create.concurrently:
      return [BlockingLock(table: create.table, mode: .share)]
    case .createTrigger(let create):
      return [BlockingLock(table: create.table, mode: .shareRowExclusive)]
    case .createRule(let create):
      return [BlockingLock(table: create.table, mode: .accessExclusive)]
    case .createPolicy(let create):
      return [BlockingLock(table: create.table, mode: .accessExclusive)]
    case .alterPolicy(let alter):
      return [BlockingLock(table: alter.table, mode: .accessExclusive)]
    case .drop(let drop):
      switch drop.kind {
      case .table, .materializedView:
        return drop.objects.map { BlockingLock(table: $0.name, mode: .accessExclusive) }
      case .policy, .trigger, .rule:
        return drop.objects.compactMap(\.owner).map { BlockingLock(table: $0, mode: .accessExclusive) }
      case .index where !drop.concurrently:
        return drop.objects.map { BlockingLock(table: $0.name, mode: .accessExclusive, isOfIndex: true) }
      default: return []
      }
    case .rename(let rename):
      switch rename.object.kind {
      case .table: return [BlockingLock(table: rename.object.name, mode: .accessExclusive)]
      case .column, .constraint, .policy, .trigger, .rule:
        return rename.object.owner.map { [BlockingLock(table: $0, mode: .accessExclusive)] } ?? []
      default: return []
      }
    case .setSchema(let move) where move.object.kind == .table:
      return [BlockingLock(table: move.object.name, mode: .accessExclusive)]
    case .truncate(let truncate):
      return truncate.tables.map { BlockingLock(table: $0, mode: .accessExclusive) }
    case .refreshMaterializedView(let refresh):
      return [BlockingLock(table: refresh.name, mode: refresh.concurrently ? .exclusive : .accessExclusive)]
    case .lock(let lock):
      let modes: [Int: BlockingLock.Mode] = [5: .share, 6: .shareRowExclusive, 7: .exclusive, 8: .accessExclusive]
      return modes[lock.mode].map { mode in lock.tables.map { BlockingLock(table: $0, mode: mode) } } ?? []
    case .maintenance(let maintenance):
      switch maintenance.command {
      case .vacuum(full: true), .cluster:
        return maintenance.relations.map { BlockingLock(table: $0, mode: .accessExclusive) }
      case .reindex(.table, concurrently: false):
        return maintenance.relations.map { BlockingLock(table: $0, mode: .share) }
      case .reindex(.index, concurrently: false):
        return maintenance.relations.map { BlockingLock(table: $0, mode: .share, isOfIndex: true) }
      default: return []
      }
    default:
      return []
    }
  }

  private static func referenceLocks(_ constraints: [Constraint]) -> [BlockingLock] {
    constraints.compactMap(\.reference).map { BlockingLock(table: $0.table, mode: .shareRowExclusive) }
  }
}

extension Syntax.AlterTableCommand {
  /// Nil when writes go on.
  fileprivate var blockingMode: BlockingLock.Mode? {
    switch action {
    case .validateConstraint, .setStatistics, .setOptions, .resetOptions, .setColumnOptions, .clusterOn,
      .attachPartition, .detachPartition(_, concurrently: true):
      nil
    case .enableTrigger, .disableTrigger: .shareRowExclusive
    case .addConstraint(let constraint) where constraint.kind == .foreignKey: .shareRowExclusive
    case .other(let name): name == "AT_DetachPartitionFinalize" ? nil : .accessExclusive
    default: .accessExclusive
    }
  }
}

extension StatementContext {
  /// The statement's blocking locks on tables that were there before the pending files, each table once.
  func blockingLocks(of statement: Statement) -> [BlockingLock] {
    var seen: Set<Syntax.QualifiedName> = []
    return statement.syntax.blockingLocks.compactMap(onExistingTable).sorted { $0.mode > $1.mode }.filter {
      seen.insert($0.table).inserted
    }
  }

  /// On the table rather than its index, where a file shows which that is; nil for what pending files create.
  private func onExistingTable(_ lock: BlockingLock) -> BlockingLock? {
    guard lock.isOfIndex else { return existingTable(lock.table) == nil ? nil : lock }
    guard let table = declared.table(ofIndex: lock.table) else {
      let index = ObjectKey(kind: .index, name: declared.resolve(lock.table))
      return declared.isCreatedByPendingFiles(index) ? nil : lock
    }
    var name = lock.table
    (name.schema, name.name) = (table.schema, table.name)
    return existingTable(name) == nil ? nil : BlockingLock(table: name, mode: lock.mode)
  }
}
