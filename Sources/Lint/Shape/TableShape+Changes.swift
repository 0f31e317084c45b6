internal import SQL
internal import Schema

// The changes of a table that more than one statement can make.

extension TableShape {
  mutating func update(_ column: String, _ change: (inout ColumnShape) -> Void) {
    guard let index = columns.firstIndex(where: { $0.name == column }) else { return }
    change(&columns[index])
  }

  /// Takes along what cannot be without the column.
  mutating func drop(column: String) {
    columns.removeAll { $0.name == column }
    foreignKeys.removeAll { $0.columns.contains(column) }
    indexes.removeAll { $0.leadingColumns.contains(column) }
    if primaryKey?.columns.contains(column) == true { primaryKey = nil }
  }

  mutating func drop(constraint: String) {
    foreignKeys.removeAll { $0.name == constraint }
    indexes.removeAll { $0.name == constraint }
    checks.removeAll { $0.name == constraint }
    if primaryKey?.name == constraint { primaryKey = nil }
  }

  mutating func validate(constraint: String) {
    for index in checks.indices where checks[index].name == constraint { checks[index].isValid = true }
  }

  /// What `LIKE` takes from a table; nil for one that no file creates.
  mutating func copy(_ source: TableShape?, _ like: Syntax.CreateTable.Like) {
    mayHaveMoreColumns = mayHaveMoreColumns || source?.mayHaveMoreColumns ?? true
    for var column in source?.columns ?? [] where self.column(column.name) == nil {
      column.hasDefault = column.hasDefault && like.includesDefaults
      columns.append(column)
    }
    guard like.includesIndexes else { return }
    mayHaveMoreKeys = mayHaveMoreKeys || source?.mayHaveMoreKeys ?? true
    primaryKey = source?.primaryKey
    indexes += source?.indexes ?? []
  }

  mutating func rename(column old: String, to new: String) {
    func renamed(_ names: [String]) -> [String] { names.map { $0 == old ? new : $0 } }
    update(old) { $0.name = new }
    if let key = primaryKey { primaryKey = KeyShape(name: key.name, columns: renamed(key.columns)) }
    for index in foreignKeys.indices { foreignKeys[index].columns = renamed(foreignKeys[index].columns) }
    for index in indexes.indices { indexes[index].leadingColumns = renamed(indexes[index].leadingColumns) }
  }

  mutating func rename(constraint old: String, to new: String) {
    if primaryKey?.name == old { primaryKey?.name = new }
    for index in foreignKeys.indices where foreignKeys[index].name == old { foreignKeys[index].name = new }
    rename(index: old, to: new)
  }

  mutating func validate(index: String) {
    for place in indexes.indices where indexes[place].name == index { indexes[place].isValid = true }
  }

  mutating func rename(index old: String, to new: String) {
    for index in indexes.indices where indexes[index].name == old { indexes[index].name = new }
  }

  /// Follows a referenced table to its new name.
  mutating func retarget(from old: QualifiedName, to new: QualifiedName) {
    for index in foreignKeys.indices where foreignKeys[index].referencedTable == old {
      foreignKeys[index].referencedTable = new
    }
  }
}

extension ColumnShape {
  init(_ column: Syntax.ColumnDefinition) {
    self.init(
      name: column.name,
      type: column.type?.serverName ?? "",
      modifiers: column.type?.modifiers.compactMap { Int($0) } ?? [],
      isNotNull: column.isNotNull,
      hasDefault: column.generated != nil || column.type?.isSerial == true
        || column.defaultValue.map { !$0.isNull } == true,
      isGenerated: column.generated != nil || column.type?.isSerial == true)
  }
}

extension Syntax.TypeName {
  /// As `format_type` writes the types that rules ask for by name; the parser's name for all others.
  var serverName: String {
    let name =
      switch name {
      case "timestamptz": "timestamp with time zone"
      case "timestamp": "timestamp without time zone"
      case "timetz": "time with time zone"
      case "int8": "bigint"
      case "int4": "integer"
      case "int2": "smallint"
      case "bool": "boolean"
      case "varchar": "character varying"
      case "bpchar": "character"
      case "float8": "double precision"
      case "float4": "real"
      case "varbit": "bit varying"
      case "serial", "serial4": "integer"
      case "bigserial", "serial8": "bigint"
      case "smallserial", "serial2": "smallint"
      default: schema.map { "\(Quoting.identifier($0)).\(self.name)" } ?? self.name
      }
    return isArray && !name.hasSuffix("[]") ? name + "[]" : name
  }
}

extension Syntax.Constraint {
  /// Its own name, or else the one that PostgreSQL gives it.
  func knownName(on table: String) -> String { name ?? usingIndex ?? defaultName(on: table) }

  /// The name that PostgreSQL gives it, long names and clashes aside.
  ///
  /// Related PostgreSQL source: `ChooseConstraintName` in `src/backend/catalog/pg_constraint.c`.
  private func defaultName(on table: String) -> String {
    let middle = columns.map { "\($0)_" }.joined()
    switch kind {
    case .primaryKey: return "\(table)_pkey"
    case .unique: return "\(table)_\(middle)key"
    case .foreignKey: return "\(table)_\(middle)fkey"
    case .exclusion: return "\(table)_\(middle)excl"
    case .check, .notNull: return "\(table)_\(middle)check"
    }
  }
}
