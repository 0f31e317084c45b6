internal import SQL
internal import Schema

/// The tables of a database as catalog rules judge them, from whichever source they are known.
///
/// There are two: a server's catalog, and the statements of the files (``DeclaredSchema``). Rules see only this, so
/// that each is written once. It holds what the two have in common: no server-made expressions, no owners.
struct DatabaseShape: Sendable {
  var tables: [QualifiedName: TableShape] = [:]
  /// Policies on tables that are not in `tables`: the platform's, and those that no file creates.
  var otherPolicies: [QualifiedName: [PolicyShape]] = [:]
  /// Materialized ones too.
  var views: [QualifiedName: ViewShape] = [:]
  var functions: [FunctionKey: FunctionShape] = [:]
  /// Whether the domain has a constraint, NOT NULL among them; a server's catalog does not say.
  var domains: [QualifiedName: Bool] = [:]

  init() {}

  /// What a server's catalog says.
  init(_ catalog: Catalog) {
    for table in catalog.tables { tables[table.name] = TableShape(table) }
    otherPolicies = Dictionary(grouping: catalog.policiesOnManagedTables, by: \.table).mapValues {
      $0.map(PolicyShape.init)
    }
    for view in catalog.views { views[view.name] = ViewShape(view) }
    for function in catalog.functions {
      let shape = FunctionShape(function)
      functions[shape.key] = shape
    }
  }

  func policies(on table: QualifiedName) -> [PolicyShape] {
    tables[table]?.policies ?? otherPolicies[table] ?? []
  }

  /// The function of that name and those argument types, or the only one of that name: the files and the server do not
  /// always spell a type alike.
  func function(_ key: FunctionKey) -> FunctionShape? {
    if let function = functions[key] { return function }
    let namesakes = functions.values.filter { $0.key.name == key.name }
    return namesakes.count == 1 ? namesakes.first : nil
  }

  /// With no schema, the first by name that has an index of the name.
  func table(ofIndex index: Syntax.QualifiedName) -> QualifiedName? {
    tables.lazy.filter { name, table in
      [nil, name.schema].contains(index.schema) && table.indexes.contains { $0.name == index.name }
    }.map(\.key).min()
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
  /// Whether any is there already, as far as the files say.
  var hasPartitions = false
  /// Nil for whoever the migrations run as.
  var owner: String?
  /// Whether the API's roles may read it; nil when only a server knows.
  var isOpen: Bool?
  var comment: String?
  var hasRowSecurity = false
  /// Whether row security binds the owner too.
  var forcesRowSecurity = false
  var primaryKey: KeyShape?
  var foreignKeys: [ForeignKeyShape] = []
  /// Those of keys and unique constraints included.
  var indexes: [IndexShape] = []
  var policies: [PolicyShape] = []
  var checks: [CheckShape] = []
  var triggers: [TriggerShape] = []

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
  /// As in `character varying(20)`.
  var modifiers: [Int] = []
  var isNotNull: Bool
  var hasDefault: Bool
  var isGenerated = false
  var comment: String?
}

struct CheckShape: Sendable {
  var name: String
  /// The condition as written, in parentheses or not.
  var condition: String
  var isValid: Bool

  /// Whether the column's name is among its words.
  func mentions(_ column: String) -> Bool {
    let words = condition.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }
    return words.contains { $0 == column || $0.lowercased() == column }
  }

  /// Whether it says no more than that the column is not NULL.
  func provesNotNull(_ column: String) -> Bool {
    let words = condition.replacing("(", with: " ").replacing(")", with: " ").split(whereSeparator: \.isWhitespace)
    guard words.count == 4 else { return false }
    return words.dropFirst().map { $0.lowercased() } == ["is", "not", "null"]
      && (words[0] == column || words[0].lowercased() == column || words[0] == "\"\(column)\"")
  }
}

struct TriggerShape: Sendable {
  var name: String
  /// Whether it can change each row that is updated.
  var isBeforeUpdate: Bool
}

struct KeyShape: Sendable {
  var name: String
  var columns: [String]
}

struct ForeignKeyShape: Sendable {
  var name: String
  var columns: [String]
  var referencedTable: QualifiedName
  /// Empty where a statement leaves them to the primary key.
  var referencedColumns: [String] = []
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
  var isUnique = false
  /// Whether it belongs to a primary key or unique constraint.
  var isOfConstraint = false
  /// The columns of a B-tree of nothing but plain columns in the usual order; nil for every other index.
  var plainColumns: [String]?
  /// Where a pending file makes it.
  var place: Place?
}

struct PolicyShape: Sendable {
  var name: String
  var isPermissive: Bool
  /// `public` alone stands for everyone.
  var roles: [String]
  var command: Syntax.PolicyCommand = .all
  var using: String?
  var withCheck: String?
  /// `USING` and `WITH CHECK` as written, together; compared by their words only.
  var expressions: String { [using, withCheck].compactMap(\.self).joined(separator: " ") }
}

struct ViewShape: Sendable {
  var name: QualifiedName
  var isMaterialized: Bool
  var isSecurityInvoker: Bool
  /// Whether a statement made it lose that, and where.
  var lostSecurityInvoker: Place?
  /// The relations that it reads, names qualified as far as is known.
  var readsAuthUsers: Bool
  /// Whether the API's roles may read it; nil when only a server knows.
  var isOpen: Bool?
}

/// What tells functions apart.
struct FunctionKey: Hashable, Sendable {
  var name: QualifiedName
  /// The types of the arguments: `integer, text`.
  var arguments: String
}

struct FunctionShape: Sendable {
  var key: FunctionKey
  var isProcedure = false
  var isSecurityDefiner: Bool
  var hasSearchPath: Bool
  /// In lowercase.
  var language: String
  var isVolatile: Bool
  /// Whether it is for triggers and cannot be called otherwise.
  var isForTriggers: Bool
  /// Whether its body was read when it was made, so that names in it mean what they meant then.
  var isBoundEarly: Bool
  /// Whether the API's roles may call it; nil when only a server knows.
  var isOpen: Bool?
}

extension TableShape {
  fileprivate init(_ table: Catalog.Table) {
    self.init(name: table.name)
    columns = table.columns.map { column in
      let (type, modifiers) = Self.type(column.type)
      return ColumnShape(
        name: column.name, type: type, modifiers: modifiers, isNotNull: column.isNotNull,
        hasDefault: column.defaultExpression != nil, isGenerated: column.generated != nil || column.identity != nil,
        comment: column.comment)
    }
    isPartition = table.isPartition
    isPartitioned = table.kind == .partitioned
    owner = table.owner
    isOpen = table.grants.contains { apiRoles.contains($0.grantee) && $0.privileges.contains(.select) }
    comment = table.comment
    hasRowSecurity = table.hasRowSecurity
    forcesRowSecurity = table.forcesRowSecurity
    primaryKey = table.primaryKey.map { KeyShape(name: $0.name, columns: $0.columns) }
    foreignKeys = table.foreignKeys.map {
      ForeignKeyShape(
        name: $0.name, columns: $0.columns, referencedTable: $0.referencedTable,
        referencedColumns: $0.referencedColumns)
    }
    let keys = Set(([table.primaryKey] + table.uniqueKeys).compactMap { $0?.name })
    indexes = table.indexes.map { index in
      IndexShape(
        name: index.name, leadingColumns: index.leadingColumns, isPartial: index.isPartial, isValid: index.isValid,
        findsEquals: ["btree", "hash"].contains(index.method), isUnique: index.isUnique,
        isOfConstraint: keys.contains(index.name), plainColumns: index.plainColumns)
    }
    policies = table.policies.map(PolicyShape.init)
    checks = table.checks.map { check in
      let condition = check.definition.drop { $0 != "(" }
      return CheckShape(name: check.name, condition: String(condition), isValid: check.isValid)
    }
    triggers = table.triggers.map {
      TriggerShape(
        name: $0.name,
        isBeforeUpdate: $0.definition.contains(" BEFORE ") && $0.definition.contains("UPDATE")
          && $0.definition.contains("FOR EACH ROW"))
    }
  }

  /// Takes `timestamp(3) with time zone` apart.
  private static func type(_ text: String) -> (name: String, modifiers: [Int]) {
    guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return (text, []) }
    let modifiers = text[text.index(after: open)..<close].split(separator: ",").compactMap { Int($0) }
    return (String(text[..<open] + text[text.index(after: close)...]), modifiers)
  }
}

extension Catalog.Index {
  fileprivate var plainColumns: [String]? {
    let isPlain = ![" DESC", " NULLS ", "_ops", " COLLATE "].contains { definition.contains($0) }
    guard method == "btree", !isPartial, includedColumns.isEmpty, isPlain, leadingColumns.count == keys.count
    else { return nil }
    return leadingColumns
  }
}

extension PolicyShape {
  fileprivate init(_ policy: Catalog.Policy) {
    self.init(
      name: policy.name, isPermissive: policy.isPermissive, roles: policy.roles,
      command: Syntax.PolicyCommand(rawValue: policy.command.rawValue.lowercased()) ?? .all, using: policy.using,
      withCheck: policy.check)
  }
}

/// The roles in whose name the API answers its clients, and everyone.
private let apiRoles: Set = ["anon", "authenticated", "public"]

extension ViewShape {
  fileprivate init(_ view: Catalog.View) {
    self.init(
      name: view.name, isMaterialized: view.isMaterialized, isSecurityInvoker: view.isSecurityInvoker,
      readsAuthUsers: view.definition.contains("auth.users"),
      isOpen: view.grants.contains { apiRoles.contains($0.grantee) && $0.privileges.contains(.select) })
  }
}

extension FunctionShape {
  fileprivate init(_ function: Catalog.Function) {
    self.init(
      key: FunctionKey(name: function.name, arguments: function.arguments),
      isProcedure: function.kind == .procedure,
      isSecurityDefiner: function.isSecurityDefiner,
      hasSearchPath: function.configuration["search_path"] != nil,
      language: function.language,
      isVolatile: function.volatility == "volatile",
      isForTriggers: ["trigger", "event_trigger"].contains(function.returnType),
      isBoundEarly: function.definition.contains("BEGIN ATOMIC") || function.definition.contains("\nRETURN "),
      isOpen: function.grants.contains { apiRoles.contains($0.grantee) && $0.privileges.contains(.execute) })
  }
}
