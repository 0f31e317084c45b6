internal import SQL
internal import Schema

/// An object of any kind.
struct ObjectKey: Hashable, Sendable {
  var kind: Syntax.ObjectKind
  var name: QualifiedName
  /// The table of a policy, trigger or constraint.
  var owner: QualifiedName?

  init(kind: Syntax.ObjectKind, name: QualifiedName, owner: QualifiedName? = nil) {
    self.kind = kind
    self.name = name
    self.owner = owner
  }
}

/// A policy or constraint, by its name and its table's.
struct PolicyKey: Hashable, Sendable {
  var table: QualifiedName
  var name: String
}

extension Syntax {
  /// The name, without its schema, of the object that the statement makes.
  var createdName: String? {
    switch self {
    case .createTable(let create): create.name.name
    case .createTableAs(let create): create.name.name
    case .createIndex(let create): create.name
    case .createView(let create): create.name.name
    case .createSequence(let create): create.name.name
    case .createType(let create): create.name.name
    case .createDomain(let create): create.name.name
    case .createFunction(let create): create.name.name
    case .createSchema(let create): create.name
    case .createExtension(let create): create.name
    case .createPublication(let create): create.name
    case .createPolicy(let create): create.name
    case .createTrigger(let create): create.name
    default: nil
    }
  }
}

/// What the statements of the migrations declare, gathered one by one: the tables as they would be, and where each
/// was made or changed.
///
/// This is a reading, not a server. A `DO` block or a function can do anything, so such statements are kept as text,
/// and a rule that would say that something is missing asks first whether one of them may have made it.
struct DeclaredSchema: Sendable {
  var shape = DatabaseShape()
  /// The last pending statement that makes or changes each policy.
  private(set) var policyPlaces: [PolicyKey: Place] = [:]
  /// The last pending statement that makes or changes each view, or each function.
  var viewPlaces: [QualifiedName: Place] = [:]
  var functionPlaces: [FunctionKey: Place] = [:]
  /// The constraints that pending statements add without validating what is there, and that none has validated since.
  private(set) var unvalidated: [PolicyKey: Place] = [:]
  /// The objects of all kinds that pending files have made and not dropped.
  private var createdByPendingFiles: Set<ObjectKey> = []
  /// What is taken from roles again, in all files.
  private(set) var revocations: [Syntax.Grant] = []
  /// The checks that files add to tables which none of them creates.
  private var strayChecks: [QualifiedName: [CheckShape]] = [:]
  /// The columns likewise.
  private var strayColumns: [QualifiedName: [String: ColumnShape]] = [:]
  /// The tables that a server has before the pending files.
  private var existing: Set<QualifiedName> = []
  private var histories: [QualifiedName: History] = [:]
  /// Of tables that no file creates, too.
  private var columnsAddedByPendingFiles: [QualifiedName: Set<String>] = [:]
  private var hidden = HiddenStatements()
  /// The tables that have, or have had, an index of the name.
  private var tablesByIndex: [String: Set<QualifiedName>] = [:]
  /// The tables that have, or have had, a foreign key that refers to the table.
  private var referrers: [QualifiedName: Set<QualifiedName>] = [:]
  /// Of the current file.
  private var searchPath = Self.defaultSearchPath
  /// Of the current file.
  private var temporaryTables: [QualifiedName] = []
  /// The indexes, those of constraints too, that the current file has dropped from tables.
  private(set) var droppedIndexes: [QualifiedName: [IndexShape]] = [:]
  /// What the current file has dropped with `IF EXISTS`.
  private var dropped: Set<ObjectKey> = []

  private static let defaultSearchPath = ["public"]
  private static let temporary = "pg_temp"

  /// Where a table comes from.
  private struct History: Sendable {
    var created: Place
    var isCreatedByPendingFile: Bool
    /// The first pending statement that creates or changes it.
    var firstChange: Place?
  }

  init(existing: DatabaseShape? = nil) {
    self.existing = Set(existing?.tables.keys.map(\.self) ?? [])
  }

  // MARK: Questions

  /// The table that a statement means by a name at this point.
  func resolve(_ name: Syntax.QualifiedName) -> QualifiedName {
    resolve(schema: name.schema, name.name)
  }

  /// The type, likewise.
  func resolve(_ type: Syntax.TypeName) -> QualifiedName {
    resolve(schema: type.schema, type.name)
  }

  private func resolve(schema: String? = nil, _ name: String) -> QualifiedName {
    if let schema { return QualifiedName(schema: schema, name: name) }
    if !temporaryTables.isEmpty {
      let temporary = QualifiedName(schema: Self.temporary, name: name)
      if shape.tables[temporary] != nil { return temporary }
    }
    let first = QualifiedName(schema: searchPath[0], name: name)
    if searchPath.count == 1 || shape.tables[first] != nil { return first }
    return searchPath.lazy.dropFirst().map { QualifiedName(schema: $0, name: name) }.first { shape.tables[$0] != nil }
      ?? first
  }

  /// Whether any of the files creates the table.
  func knows(_ table: QualifiedName) -> Bool { histories[table] != nil }

  func isCreatedByPendingFiles(_ table: QualifiedName) -> Bool {
    table.schema == Self.temporary || histories[table]?.isCreatedByPendingFile == true
      || isCreatedByPendingFiles(ObjectKey(kind: .materializedView, name: table))
  }

  func isCreatedByPendingFiles(_ object: ObjectKey) -> Bool { createdByPendingFiles.contains(object) }

  func isCreatedByPendingFiles(_ kind: Syntax.ObjectKind, named name: String) -> Bool {
    isCreatedByPendingFiles(ObjectKey(kind: kind, name: resolve(name)))
  }

  func isAddedByPendingFiles(constraint: String, to table: QualifiedName) -> Bool {
    isCreatedByPendingFiles(ObjectKey(kind: .constraint, name: resolve(constraint), owner: table))
  }

  /// The table of an index that some file creates; with no schema, the first that has an index of the name.
  func table(ofIndex index: Syntax.QualifiedName) -> QualifiedName? {
    tables(withIndex: index.name).sorted().first { [nil, $0.schema].contains(index.schema) }
  }

  func isPartitioned(_ table: QualifiedName) -> Bool { shape.tables[table]?.isPartitioned == true }

  func isAddedByPendingFiles(_ column: String, to table: QualifiedName) -> Bool {
    isCreatedByPendingFiles(table) || columnsAddedByPendingFiles[table]?.contains(column) == true
  }

  /// The checks that files add to a table which none of them creates.
  func checks(onUnknown table: QualifiedName) -> [CheckShape] { strayChecks[table] ?? [] }

  /// The column as files have made it.
  func column(_ name: String, of table: QualifiedName) -> ColumnShape? {
    shape.tables[table]?.column(name) ?? strayColumns[table]?[name]
  }

  /// The pending command that adds the constraint without validating it, when none has validated it since.
  func placeOfAddition(ofUnvalidated constraint: String, to table: QualifiedName) -> Place? {
    unvalidated[PolicyKey(table: table, name: constraint)]
  }

  /// The first pending statement that creates or changes the table.
  func placeOfChange(to table: QualifiedName) -> Place? { histories[table]?.firstChange }

  /// The last pending statement that makes or changes the function, or the only one of its name.
  func place(ofFunction key: FunctionKey) -> Place? {
    if let place = functionPlaces[key] { return place }
    let namesakes = functionPlaces.filter { $0.key.name == key.name }
    return namesakes.count == 1 ? namesakes.first?.value : nil
  }

  /// The first pending statement that makes or changes a function of that name.
  func firstPlace(ofFunction name: QualifiedName) -> Place? {
    functionPlaces.filter { $0.key.name == name }.values.min()
  }

  /// Whether the current file has dropped the object before, if it was there.
  func isDroppedBefore(_ kind: Syntax.ObjectKind, _ name: Syntax.QualifiedName) -> Bool {
    isDroppedBefore(kind, resolve(name))
  }

  func isDroppedBefore(_ kind: Syntax.ObjectKind, _ name: QualifiedName) -> Bool {
    dropped.contains(ObjectKey(kind: kind, name: name))
  }

  /// The same for what has no schema of its own: a schema, an extension, or a part of `owner`.
  func isDroppedBefore(_ kind: Syntax.ObjectKind, named name: String, on owner: QualifiedName? = nil) -> Bool {
    dropped.contains(ObjectKey(kind: kind, name: resolve(name), owner: owner))
  }

  /// Whether a statement after the table's creation that cannot be read here contains the words and may mean the
  /// table: it names it, or builds its SQL at run time.
  func hiddenStatementsMention(_ words: String, table: QualifiedName) -> Bool {
    guard let created = histories[table]?.created else { return false }
    return hidden.mention(words, of: table.name, after: created)
  }

  /// The pending statement that most likely made a table which no statement names.
  func placeOfHiddenStatement(about table: QualifiedName) -> Place? {
    hidden.firstPending(about: table.name)
  }

  // MARK: Gathering

  /// Forgets what lasts for a file only: each is applied in a fresh session.
  mutating func beginFile() {
    searchPath = Self.defaultSearchPath
    dropped = []
    droppedIndexes = [:]
    for name in temporaryTables { shape.tables[name] = nil }
    temporaryTables = []
  }

  /// Applies all statements of a file.
  mutating func gather(_ file: LintFile, at index: Int) {
    beginFile()
    for statement in file.statements {
      apply(statement, at: Place(file: index, range: statement.range), isPending: file.isPending)
    }
  }

  mutating func apply(_ statement: Statement, at place: Place, isPending: Bool) {
    defer { if let object = object(createdBy: statement.syntax) { noteCreation(of: object, isPending) } }
    switch statement.syntax {
    case .createTable(let create): apply(create, place, isPending)
    case .createTableAs(let create): apply(create, place, isPending)
    case .alterTable(let alter): apply(alter, place, isPending)
    case .createIndex(let create): apply(create, place, isPending)
    case .createPolicy(let create): apply(create, place, isPending)
    case .alterPolicy(let alter): apply(alter, place, isPending)
    case .drop(let drop): apply(drop, place, isPending)
    case .rename(let rename): apply(rename, isPending)
    case .setSchema(let move): apply(move)
    case .comment(let comment): apply(comment)
    case .createView(let create): apply(create, place, isPending)
    case .createFunction(let create): apply(create, place, isPending)
    case .alterFunction(let alter): apply(alter, place, isPending)
    case .createTrigger(let create): apply(create)
    case .createDomain(let create): shape.domains[resolve(create.name)] = !create.constraints.isEmpty
    case .alterDomain(let alter): apply(alter)
    case .grant(let grant) where !grant.isGrant: revocations.append(grant)
    case .alterDefaultPrivileges(let alter) where !alter.grant.isGrant: revocations.append(alter.grant)
    case .setParameter(let set) where set.name == "search_path": setSearchPath(set)
    case .doBlock, .call, .unparsed: hidden.add(statement, place, isPending)
    case .select(let select) where !select.functions.isEmpty: hidden.add(statement, place, isPending)
    default: break
    }
  }

  private mutating func setSearchPath(_ set: Syntax.SetParameter) {
    let schemas = set.values.filter { $0 != "$user" && !$0.isEmpty && $0 != "pg_catalog" }
    searchPath = schemas.isEmpty ? Self.defaultSearchPath : schemas
  }

  /// The object that a statement makes, whether or not one of its name may be there.
  func object(createdBy syntax: Syntax) -> ObjectKey? {
    switch syntax {
    case .createTable(let create):
      ObjectKey(
        kind: create.foreignServer == nil ? .table : .foreignTable, name: created(create.name, create.persistence))
    case .createTableAs(let create):
      ObjectKey(
        kind: create.isMaterializedView ? .materializedView : .table, name: created(create.name, create.persistence))
    case .createIndex(let create):
      create.name.map {
        ObjectKey(kind: .index, name: QualifiedName(schema: resolve(create.table).schema, name: $0))
      }
    case .createView(let create): ObjectKey(kind: .view, name: created(create.name, create.persistence))
    case .createSequence(let create): ObjectKey(kind: .sequence, name: created(create.name, create.persistence))
    case .createType(let create): ObjectKey(kind: .type, name: resolve(create.name))
    case .createDomain(let create): ObjectKey(kind: .domain, name: resolve(create.name))
    case .createFunction(let create):
      ObjectKey(kind: create.isProcedure ? .procedure : .function, name: resolve(create.name))
    case .createSchema(let create): ObjectKey(kind: .schema, name: resolve(create.name))
    case .createExtension(let create): ObjectKey(kind: .extension, name: resolve(create.name))
    case .createPublication(let create): ObjectKey(kind: .publication, name: resolve(create.name))
    case .createPolicy(let create):
      ObjectKey(kind: .policy, name: resolve(create.name), owner: resolve(create.table))
    case .createTrigger(let create):
      ObjectKey(kind: .trigger, name: resolve(create.name), owner: resolve(create.table))
    default: nil
    }
  }

  /// An earlier drop of the object guards no later statement. Routines are overloaded: one drop may be for another of
  /// the same name.
  private mutating func noteCreation(of object: ObjectKey, _ isPending: Bool) {
    if object.kind != .function, object.kind != .procedure { dropped.remove(object) }
    if isPending { createdByPendingFiles.insert(object) }
  }

  private func resolve(_ name: String) -> QualifiedName { resolve(schema: nil, name) }

  /// The table that `CREATE` makes by a name at this point.
  private func created(_ name: Syntax.QualifiedName, _ persistence: Syntax.Persistence) -> QualifiedName {
    let schema = persistence == .temporary ? Self.temporary : name.schema ?? searchPath[0]
    return QualifiedName(schema: schema, name: name.name)
  }

  private mutating func begin(_ table: TableShape, _ place: Place, _ isPending: Bool) {
    shape.tables[table.name] = table
    if table.name.schema == Self.temporary { temporaryTables.append(table.name) }
    histories[table.name] = History(
      created: place, isCreatedByPendingFile: isPending, firstChange: isPending ? place : nil)
  }

  private mutating func noteChange(of table: QualifiedName, _ place: Place, _ isPending: Bool) {
    guard isPending, histories[table] != nil, histories[table]?.firstChange == nil else { return }
    histories[table]?.firstChange = place
  }
}

// MARK: - Tables

extension DeclaredSchema {
  /// PostgreSQL's `MaxHeapAttributeNumber`: no table has more.
  private static let mostColumns = 1_600

  private mutating func apply(_ create: Syntax.CreateTable, _ place: Place, _ isPending: Bool) {
    let name = created(create.name, create.persistence)
    // Foreign tables are another server's.
    guard create.foreignServer == nil, !(create.ifNotExists && isThere(name, isPending)) else { return }
    var table = TableShape(name: name)
    table.mayHaveMoreColumns = !create.inherits.isEmpty || create.ofType != nil
    table.isPartitioned = create.isPartitioned
    for like in create.like { table.copy(shape.tables[resolve(like.table)], like) }
    for index in table.indexes { tablesByIndex[index.name, default: []].insert(name) }
    if let parent = create.partitionOf {
      table.isPartition = true
      shape.tables[resolve(parent)]?.hasPartitions = true
      let columns = shape.tables[resolve(parent)]?.columns
      table.columns = columns ?? []
      table.mayHaveMoreColumns = columns == nil
    }
    for column in create.columns.prefix(Self.mostColumns) where table.column(column.name) == nil {
      table.columns.append(ColumnShape(column))
    }
    for constraint in create.allConstraints {
      add(constraint, to: &table, Place(file: place.file, range: constraint.range), isPending)
    }
    begin(table, place, isPending)
  }

  private func isThere(_ name: QualifiedName, _ isPending: Bool) -> Bool {
    shape.tables[name] != nil || isPending && existing.contains(name)
  }

  private mutating func apply(_ create: Syntax.CreateTableAs, _ place: Place, _ isPending: Bool) {
    let name = created(create.name, create.persistence)
    if create.isMaterializedView {
      noteView(
        ViewShape(
          name: name, isMaterialized: true, isSecurityInvoker: false, readsAuthUsers: readsAuthUsers(create.reads)),
        place, isPending)
      return
    }
    guard !(create.ifNotExists && isThere(name, isPending)) else { return }
    var table = TableShape(name: name)
    table.mayHaveMoreColumns = true
    begin(table, place, isPending)
  }

  private mutating func apply(_ alter: Syntax.AlterTable, _ place: Place, _ isPending: Bool) {
    if alter.kind == .index { return attach(alter) }
    let name = resolve(alter.name)
    let isKnown = shape.tables[name] != nil
    var table = TableShape(name: name)
    // Taken out while it is changed, because a copy of a table with many constraints is a long one.
    if isKnown { swap(&table, &shape.tables[name]!) }
    var isChanged = false
    for command in alter.commands {
      if case .dropConstraint(let constraint, _) = command.action { noteDrop(ofIndex: constraint, of: table) }
      let commandPlace = Place(file: place.file, range: command.range)
      if case .addColumn(let column, _) = command.action, isPending {
        columnsAddedByPendingFiles[name, default: []].insert(column.name)
      }
      switch command.action {
      case .dropConstraint(let constraint, ifExists: true):
        unvalidated[PolicyKey(table: name, name: constraint)] = nil
        dropped.insert(ObjectKey(kind: .constraint, name: resolve(constraint), owner: name))
      case .addConstraint(let constraint):
        dropped.remove(
          ObjectKey(kind: .constraint, name: resolve(constraint.knownName(on: name.name)), owner: name))
        let key = PolicyKey(table: name, name: constraint.knownName(on: name.name))
        if constraint.isNotValid, isPending { unvalidated[key] = commandPlace }
        if isPending {
          createdByPendingFiles.insert(ObjectKey(kind: .constraint, name: resolve(key.name), owner: name))
        }
      case .validateConstraint(let constraint), .dropConstraint(let constraint, ifExists: false):
        unvalidated[PolicyKey(table: name, name: constraint)] = nil
      case .setOptions(let options) where alter.kind == .view: setOptions(options, of: name, place, isPending)
      case .resetOptions(let options) where alter.kind == .view && options.contains { $0.name == "security_invoker" }:
        shape.views[name]?.isSecurityInvoker = false
        shape.views[name]?.lostSecurityInvoker = isPending ? place : nil
      default:
        break
      }
      if apply(command.action, to: &table, commandPlace, isPending) { isChanged = true }
    }
    guard isKnown else {
      // What it has in this statement is all that is known of it.
      strayChecks[name, default: []] += table.checks
      for column in table.columns where !column.type.isEmpty { strayColumns[name, default: [:]][column.name] = column }
      for command in alter.commands {
        switch command.action {
        case .validateConstraint(let constraint):
          guard var checks = strayChecks.removeValue(forKey: name) else { continue }
          for index in checks.indices where checks[index].name == constraint { checks[index].isValid = true }
          strayChecks[name] = checks
        case .dropConstraint(let constraint, _): strayChecks[name]?.removeAll { $0.name == constraint }
        default: break
        }
      }
      return
    }
    shape.tables[name] = table
    if isChanged { noteChange(of: name, place, isPending) }
  }

  /// An index of a partitioned table that was made without its partitions' is one when theirs are attached.
  private mutating func attach(_ alter: Syntax.AlterTable) {
    let isAttaching = alter.commands.contains { if case .attachPartition = $0.action { true } else { false } }
    guard isAttaching else { return }
    for table in tables(withIndex: alter.name.name) {
      shape.tables[table]?.validate(index: alter.name.name)
    }
  }

  /// - Returns: Whether the table is another one afterwards, as far as rules are concerned.
  private mutating func apply(
    _ action: Syntax.AlterTableCommand.Action, to table: inout TableShape, _ place: Place, _ isPending: Bool
  ) -> Bool {
    switch action {
    case .addColumn(let column, _):
      guard table.columns.count < Self.mostColumns, table.column(column.name) == nil else { return false }
      table.columns.append(ColumnShape(column))
      for constraint in column.constraints { add(constraint, to: &table, place, isPending) }
    case .dropColumn(let column, _):
      table.drop(column: column)
    case .alterColumnType(let column, let type, _):
      table.update(column) {
        $0.type = type.serverName
        $0.modifiers = type.modifiers.compactMap { Int($0) }
      }
    case .setNotNull(let column):
      table.update(column) { $0.isNotNull = true }
    case .dropNotNull(let column):
      table.update(column) { $0.isNotNull = false }
    case .setDefault(let column, let value):
      table.update(column) { $0.hasDefault = !value.isNull }
    case .dropDefault(let column):
      table.update(column) { $0.hasDefault = false }
    case .addConstraint(let constraint):
      add(constraint, to: &table, place, isPending)
    case .dropConstraint(let constraint, _):
      table.drop(constraint: constraint)
    case .enableRowSecurity:
      table.hasRowSecurity = true
    case .disableRowSecurity:
      table.hasRowSecurity = false
    case .forceRowSecurity:
      table.forcesRowSecurity = true
    case .noForceRowSecurity:
      table.forcesRowSecurity = false
    case .validateConstraint(let constraint):
      table.validate(constraint: constraint)
    case .attachPartition(let partition):
      shape.tables[resolve(partition)]?.isPartition = true
      table.hasPartitions = true
    case .detachPartition(let partition, _):
      shape.tables[resolve(partition)]?.isPartition = false
    case .changeOwner(.named(let owner)):
      table.owner = owner
    default:
      return false
    }
    return true
  }

  private mutating func add(
    _ constraint: Syntax.Constraint, to table: inout TableShape, _ place: Place, _ isPending: Bool
  ) {
    let name = constraint.knownName(on: table.name.name)
    var columns = constraint.columns
    if let index = constraint.usingIndex {
      columns = table.indexes.first { $0.name == index }?.leadingColumns ?? []
    }
    switch constraint.kind {
    case .primaryKey, .unique: tablesByIndex[name, default: []].insert(table.name)
    case .foreignKey:
      if let reference = constraint.reference { referrers[resolve(reference.table), default: []].insert(table.name) }
    case .check, .exclusion, .notNull: break
    }
    switch constraint.kind {
    case .primaryKey:
      table.primaryKey = KeyShape(name: name, columns: columns)
      for column in columns { table.update(column) { $0.isNotNull = true } }
      table.indexes.removeAll { $0.name == constraint.usingIndex }
      table.indexes.append(
        IndexShape(
          name: name, leadingColumns: columns, isPartial: false, isUnique: true, isOfConstraint: true,
          plainColumns: columns))
    case .unique:
      table.indexes.removeAll { $0.name == constraint.usingIndex }
      table.indexes.append(
        IndexShape(
          name: name, leadingColumns: columns, isPartial: false, isUnique: true, isOfConstraint: true,
          plainColumns: columns, place: isPending ? place : nil))
    case .foreignKey:
      guard let reference = constraint.reference else { return }
      table.foreignKeys.append(
        ForeignKeyShape(
          name: name, columns: columns, referencedTable: resolve(reference.table),
          referencedColumns: reference.columns, place: isPending ? place : nil))
    case .check:
      table.checks.append(
        CheckShape(name: name, condition: constraint.expression?.text ?? "", isValid: !constraint.isNotValid))
    case .exclusion, .notNull:
      break
    }
  }
}

// MARK: - Indexes, policies, comments

extension DeclaredSchema {
  private mutating func apply(_ create: Syntax.CreateIndex, _ place: Place, _ isPending: Bool) {
    let columns = create.elements.prefix { $0.column != nil }.compactMap(\.column)
    let name = create.name ?? ([create.table.name] + columns + ["idx"]).joined(separator: "_")
    let table = resolve(create.table)
    if create.ifNotExists, shape.tables[table]?.indexes.contains(where: { $0.name == name }) == true { return }
    let isValid = !(create.isOnly && shape.tables[table]?.hasPartitions == true)
    let isPlain =
      create.method == "btree" && create.predicate == nil && create.included.isEmpty
      && create.elements.allSatisfy { $0.column != nil && $0.isPlain }
    guard shape.tables[table] != nil else { return }
    tablesByIndex[name, default: []].insert(table)
    shape.tables[table]?.indexes.append(
      IndexShape(
        name: name, leadingColumns: columns, isPartial: create.predicate != nil,
        isValid: isValid,
        findsEquals: ["btree", "hash"].contains(create.method), isUnique: create.isUnique,
        plainColumns: isPlain ? columns : nil, place: isPending ? place : nil))
  }

  private mutating func apply(_ create: Syntax.CreatePolicy, _ place: Place, _ isPending: Bool) {
    let table = resolve(create.table)
    changePolicies(of: table) {
      $0.append(
        PolicyShape(
          name: create.name, isPermissive: create.isPermissive, roles: create.roles.map(\.description),
          command: create.command, using: create.using?.text, withCheck: create.withCheck?.text))
    }
    notePolicy(create.name, of: table, place, isPending)
  }

  private mutating func apply(_ alter: Syntax.AlterPolicy, _ place: Place, _ isPending: Bool) {
    let table = resolve(alter.table)
    changePolicies(of: table) { policies in
      guard let index = policies.firstIndex(where: { $0.name == alter.name }) else { return }
      if let roles = alter.roles { policies[index].roles = roles.map(\.description) }
      if let using = alter.using { policies[index].using = using.text }
      if let check = alter.withCheck { policies[index].withCheck = check.text }
    }
    notePolicy(alter.name, of: table, place, isPending)
  }

  private mutating func changePolicies(of table: QualifiedName, _ change: (inout [PolicyShape]) -> Void) {
    if shape.tables[table] != nil {
      change(&shape.tables[table]!.policies)
    } else {
      change(&shape.otherPolicies[table, default: []])
    }
  }

  private mutating func notePolicy(_ name: String, of table: QualifiedName, _ place: Place, _ isPending: Bool) {
    if isPending { policyPlaces[PolicyKey(table: table, name: name)] = place }
    noteChange(of: table, place, isPending)
  }

  private mutating func apply(_ comment: Syntax.CommentOn) {
    if comment.object.kind == .column, let owner = comment.object.owner.map(resolve) {
      shape.tables[owner]?.update(comment.object.name.name) { $0.comment = comment.text }
    }
    guard comment.object.kind == .table else { return }
    shape.tables[resolve(comment.object.name)]?.comment = comment.text
  }

  // MARK: Any object

  private mutating func apply(_ drop: Syntax.Drop, _ place: Place, _ isPending: Bool) {
    for object in drop.objects {
      let owner = object.owner.map(resolve)
      if drop.ifExists {
        dropped.insert(ObjectKey(kind: drop.kind, name: resolve(object.name), owner: owner))
      }
      createdByPendingFiles.remove(ObjectKey(kind: drop.kind, name: resolve(object.name), owner: owner))
      switch drop.kind {
      case .view, .materializedView:
        shape.views[resolve(object.name)] = nil
        viewPlaces[resolve(object.name)] = nil
      case .function, .procedure, .routine:
        removeFunction(object)
      case .trigger:
        if let owner { shape.tables[owner]?.triggers.removeAll { $0.name == object.name.name } }
      case .domain:
        shape.domains[resolve(object.name)] = nil
      case .table:
        remove([resolve(object.name)])
      case .schema:
        remove(Set(shape.tables.keys.filter { $0.schema == object.name.name }))
      case .index:
        for table in tables(withIndex: object.name.name) where [nil, table.schema].contains(object.name.schema) {
          if let owner = shape.tables[table] { noteDrop(ofIndex: object.name.name, of: owner) }
          shape.tables[table]?.indexes.removeAll { $0.name == object.name.name }
        }
      case .policy:
        guard let owner else { break }
        changePolicies(of: owner) { $0.removeAll { $0.name == object.name.name } }
        policyPlaces[PolicyKey(table: owner, name: object.name.name)] = nil
        noteChange(of: owner, place, isPending)
      default:
        break
      }
    }
  }

  private mutating func noteDrop(ofIndex index: String, of table: TableShape) {
    guard let index = table.indexes.first(where: { $0.name == index }) else { return }
    droppedIndexes[table.name, default: []].append(index)
  }

  /// Takes along the foreign keys that refer to the tables: the server would not have dropped the ones without the others.
  private mutating func remove(_ tables: Set<QualifiedName>) {
    for name in tables { shape.tables[name] = nil }
    existing.subtract(tables)
    if !unvalidated.isEmpty { unvalidated = unvalidated.filter { !tables.contains($0.key.table) } }
    for name in Set(tables.flatMap { referrers.removeValue(forKey: $0) ?? [] }) {
      shape.tables[name]?.foreignKeys.removeAll { tables.contains($0.referencedTable) }
    }
  }

  private func tables(withIndex index: String) -> [QualifiedName] {
    (tablesByIndex[index] ?? []).filter { shape.tables[$0]?.indexes.contains { $0.name == index } ?? false }
  }

  private mutating func apply(_ rename: Syntax.Rename, _ isPending: Bool) {
    let old = rename.object.name
    if isPending, rename.object.owner == nil {
      // Nobody knows it by its new name yet.
      createdByPendingFiles.remove(ObjectKey(kind: rename.object.kind, name: resolve(old)))
      createdByPendingFiles.insert(
        ObjectKey(
          kind: rename.object.kind, name: QualifiedName(schema: resolve(old).schema, name: rename.newName)))
    }
    switch (rename.object.kind, rename.object.owner.map(resolve)) {
    case (.table, _):
      let name = resolve(old)
      move(name, to: QualifiedName(schema: name.schema, name: rename.newName))
    case (.column, let owner?):
      shape.tables[owner]?.rename(column: old.name, to: rename.newName)
      if columnsAddedByPendingFiles[owner]?.remove(old.name) != nil {
        columnsAddedByPendingFiles[owner]?.insert(rename.newName)
      }
    case (.constraint, let owner?):
      shape.tables[owner]?.rename(constraint: old.name, to: rename.newName)
      tablesByIndex[rename.newName, default: []].insert(owner)
    case (.policy, let owner?):
      guard let index = shape.tables[owner]?.policies.firstIndex(where: { $0.name == old.name }) else { return }
      shape.tables[owner]?.policies[index].name = rename.newName
    case (.index, _):
      for table in tables(withIndex: old.name) {
        shape.tables[table]?.rename(index: old.name, to: rename.newName)
        tablesByIndex[rename.newName, default: []].insert(table)
      }
    default:
      break
    }
  }

  private mutating func apply(_ move: Syntax.SetSchema) {
    guard move.object.kind == .table else { return }
    let name = resolve(move.object.name)
    self.move(name, to: QualifiedName(schema: move.newSchema, name: name.name))
  }

  private mutating func move(_ old: QualifiedName, to new: QualifiedName) {
    guard var table = shape.tables.removeValue(forKey: old) else { return }
    table.name = new
    shape.tables[new] = table
    histories[new] = histories.removeValue(forKey: old)
    columnsAddedByPendingFiles[new] = columnsAddedByPendingFiles.removeValue(forKey: old)
    for index in table.indexes { tablesByIndex[index.name, default: []].insert(new) }
    for key in table.foreignKeys { referrers[key.referencedTable, default: []].insert(new) }
    let referring = referrers.removeValue(forKey: old) ?? []
    for name in referring { shape.tables[name]?.retarget(from: old, to: new) }
    referrers[new, default: []].formUnion(referring)
  }
}
