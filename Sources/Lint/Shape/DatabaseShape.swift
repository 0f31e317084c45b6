internal import Schema

/// The tables of a database as catalog rules judge them, from whichever source they are known.
///
/// There are two: a server's catalog, and the statements of the files (``DeclaredSchema``). Rules see only this, so
/// that each is written once. It holds what the two have in common: no server-made expressions, no owners.
struct DatabaseShape: Sendable {
  var tables: [QualifiedName: TableShape] = [:]

  init() {}

  /// What a server's catalog says.
  init(_ catalog: Catalog) {
    for table in catalog.tables { tables[table.name] = TableShape(table) }
  }

  /// By name.
  var sortedTables: [TableShape] {
    tables.keys.sorted().compactMap { tables[$0] }
  }
}

struct TableShape: Sendable {
  var name: QualifiedName
  /// In the table's order.
  var columns: [ColumnShape] = []
  /// Whether there may be columns besides those known: from `LIKE`, `INHERITS`, `OF`, `AS SELECT`.
  var mayHaveMoreColumns = false
  /// Whether there may be keys besides those known: from `LIKE ... INCLUDING INDEXES`.
  var mayHaveMoreKeys = false
  var isPartition = false
  /// Whether it has partitions, as far as the files say.
  var isPartitioned = false
  var comment: String?
  var hasRowSecurity = false
  var primaryKey: KeyShape?
  var foreignKeys: [ForeignKeyShape] = []
  /// Those of keys and unique constraints included.
  var indexes: [IndexShape] = []
  var policies: [PolicyShape] = []

  init(name: QualifiedName) {
    self.name = name
  }

  func column(_ name: String) -> ColumnShape? {
    columns.first { $0.name == name }
  }
}

struct ColumnShape: Sendable {
  var name: String
  /// As the server names it, without modifiers: `timestamp with time zone`.
  var type: String
  var isNotNull: Bool
  var hasDefault: Bool
}

struct KeyShape: Sendable {
  var name: String
  var columns: [String]
}

struct ForeignKeyShape: Sendable {
  var name: String
  var columns: [String]
  var referencedTable: QualifiedName
  /// Where a pending file makes it; nil when it was there before, and in a server's catalog.
  var place: Place?
}

struct IndexShape: Sendable {
  var name: String
  /// The plain columns before the first expression, in order.
  var leadingColumns: [String]
  var isPartial: Bool
  var isValid = true
  /// Whether it can find rows by equality on its leading columns: B-trees can, GIN indexes cannot.
  var findsEquals = true
}

struct PolicyShape: Sendable {
  var name: String
  var isPermissive: Bool
  /// `public` alone stands for everyone.
  var roles: [String]
  /// `USING` and `WITH CHECK` as written, together; compared by their words only.
  var expressions: String
}

extension TableShape {
  fileprivate init(_ table: Catalog.Table) {
    self.init(name: table.name)
    columns = table.columns.map {
      ColumnShape(
        name: $0.name, type: $0.type, isNotNull: $0.isNotNull, hasDefault: $0.defaultExpression != nil)
    }
    isPartition = table.isPartition
    comment = table.comment
    hasRowSecurity = table.hasRowSecurity
    primaryKey = table.primaryKey.map { KeyShape(name: $0.name, columns: $0.columns) }
    foreignKeys = table.foreignKeys.map {
      ForeignKeyShape(name: $0.name, columns: $0.columns, referencedTable: $0.referencedTable)
    }
    indexes = table.indexes.map {
      IndexShape(
        name: $0.name, leadingColumns: $0.leadingColumns, isPartial: $0.isPartial, isValid: $0.isValid,
        findsEquals: ["btree", "hash"].contains($0.method))
    }
    policies = table.policies.map {
      PolicyShape(
        name: $0.name, isPermissive: $0.isPermissive, roles: $0.roles,
        expressions: [$0.using, $0.check].compactMap(\.self).joined(separator: " "))
    }
  }
}
