extension AccessCatalog {
  struct Policy {
    var number: Number
    var name: String
    /// Nil for all.
    var command: Privilege?
    var isPermissive: Bool
    var using: String?
    var check: String?
    /// To whom it applies.
    var principals: Set<Number>
    /// Functions that it calls and that an API role may not execute, by the role.
    var forbidden: [Number: [String]]
    /// What the subqueries of its expressions read.
    private var readsOfUsing: [Read] = []
    private var readsOfCheck: [Read] = []

    init(
      number: Number, name: String, command: Privilege?, isPermissive: Bool, using: String?, check: String?,
      principals: Set<Number>, forbidden: [Number: [String]]
    ) {
      self.number = number
      self.name = name
      self.command = command
      self.isPermissive = isPermissive
      self.using = using
      self.check = check
      self.principals = principals
      self.forbidden = forbidden
    }

    var hasSubquery: Bool { Self.hasSubquery(using) || Self.hasSubquery(check) }

    /// What is read for one side of a command.
    func reads(_ side: AppliedPolicy.Side, _ command: Privilege) -> [Read] {
      switch side {
      case .using: command == .insert ? [] : readsOfUsing
      case .check: command == .select || command == .delete ? [] : check == nil ? readsOfUsing : readsOfCheck
      }
    }

    /// What is read for a command.
    func reads(_ command: Privilege) -> [Read] { reads(.using, command) + reads(.check, command) }
  }
}

// MARK: - Subqueries

extension AccessCatalog.Policy {
  /// Tells what each expression reads: the catalogs know what all of them together do.
  mutating func findReads(among reads: [AccessCatalog.Read], of table: AccessCatalog.Number, in catalog: AccessCatalog)
  {
    guard hasSubquery else { return }
    func found(in expression: String?) -> [AccessCatalog.Read] {
      guard let expression, Self.hasSubquery(expression) else { return [] }
      return reads.compactMap { read in
        guard let name = catalog.relations[read.relation]?.name else { return nil }
        let aliases = Self.aliases(of: name, in: expression)
        guard !aliases.isEmpty else { return nil }
        guard read.relation == table else { return read }
        // A policy names the columns of its own table, too, which needs no right.
        let columns = (catalog.columnNames[table] ?? [:]).filter { column in
          aliases.contains { Self.names("\($0).\(Identifier.quoted(column.value))", in: expression) }
        }
        return AccessCatalog.Read(relation: table, columns: Set(columns.keys))
      }
    }
    readsOfUsing = found(in: using)
    readsOfCheck = found(in: check)
  }

  private static func hasSubquery(_ expression: String?) -> Bool {
    guard let expression else { return false }
    return expression.contains("SELECT ") || expression.contains("SELECT\n")
  }

  /// What a subquery calls a table that it reads. The server qualifies the names of tables only where they are read, and
  /// columns by the alias, which is the table's own name where there is no other.
  private static func aliases(of table: QualifiedName, in expression: String) -> [String] {
    expression.ranges(of: "\(table)").compactMap { range in
      guard let before = expression[..<range.lowerBound].last, before == " " || before == "(" else { return nil }
      let rest = expression[range.upperBound...]
      guard let after = rest.first else { return nil }
      guard after == " " else { return " ),\n".contains(after) ? Identifier.quoted(table.name) : nil }
      let word = rest.dropFirst().prefix { !" ),\n".contains($0) }
      let isAlias = !word.isEmpty && word.first != "(" && !Self.keywords.contains(String(word))
      return isAlias ? String(word) : Identifier.quoted(table.name)
    }
  }

  /// Words that may come after a table without an alias.
  private static let keywords: Set<String> = [
    "CROSS", "EXCEPT", "FETCH", "FOR", "FULL", "GROUP", "HAVING", "INTERSECT", "JOIN", "LEFT", "LIMIT", "OFFSET", "ON",
    "ORDER", "RIGHT", "TABLESAMPLE", "UNION", "USING", "WHERE", "WINDOW",
  ]

  private static func names(_ column: String, in expression: String) -> Bool {
    expression.ranges(of: column).contains { range in
      guard let after = expression[range.upperBound...].first else { return true }
      return !(after.isLetter || after.isNumber || after == "_" || after == "$")
    }
  }
}
