internal import SQL
internal import Schema

/// What `ALTER COLUMN … TYPE` does to the values of a column.
struct TypeChange {
  /// As the server names it, without modifiers; nil when it is not known what the column was.
  var old: (type: String, modifiers: [Int])?
  var new: (type: String, modifiers: [Int])

  /// Nil when the statement is not about a column that is there before.
  init(_ column: ColumnShape?, to type: Syntax.TypeName) {
    old = column.flatMap { $0.type.isEmpty ? nil : ($0.type, $0.modifiers) }
    new = (type.serverName, type.modifiers.compactMap { Int($0) })
  }

  /// Whether every row is written anew; nil when that depends on what is not known.
  ///
  /// Measured on PostgreSQL 15, each pair on a table of one row.
  var rewrites: Bool? {
    guard let old else { return Self.mayBeReached.contains(new.type) ? nil : true }
    if old.type == new.type {
      if old.modifiers == new.modifiers { return false }
      // `char(n)` is padded to its length.
      return old.type == "character" || !widens(from: old.modifiers)
    }
    switch (old.type, new.type) {
    case ("character varying", "text"), ("xml", "text"), ("cidr", "inet"), ("bit", "bit varying"): return false
    case ("text", "character varying"), ("xml", "character varying"), ("citext", "character varying"):
      return !new.modifiers.isEmpty
    case ("text", "citext"), ("character varying", "citext"), ("citext", "text"): return false
    // Depends on whether the session's time zone is UTC.
    case ("timestamp without time zone", "timestamp with time zone"),
      ("timestamp with time zone", "timestamp without time zone"):
      return nil
    default: return true
    }
  }

  /// Types that another can become without a rewrite.
  private static let mayBeReached: Set = [
    "text", "character varying", "citext", "inet", "numeric", "bit varying", "timestamp with time zone",
    "timestamp without time zone", "interval", "time without time zone", "time with time zone",
  ]

  /// Whether values of the type with the modifiers fit as they are; no modifier is no limit.
  private func widens(from old: [Int]) -> Bool {
    if new.modifiers.isEmpty { return true }
    guard let oldFirst = old.first, let newFirst = new.modifiers.first else { return false }
    if new.type == "numeric" {
      return newFirst >= oldFirst && (new.modifiers.dropFirst().first ?? 0) == (old.dropFirst().first ?? 0)
    }
    return newFirst >= oldFirst
  }

  /// Whether the type's values are in another order than before, though they are the same.
  var changesOrder: Bool { old.map { ($0.type == "citext") != (new.type == "citext") } ?? false }

  /// What values may lose, or why they may be refused; nil when nothing, or when that is not known.
  var loss: String? {
    guard let old else { return nil }
    if old.type == new.type {
      guard let newFirst = new.modifiers.first else { return nil }
      switch new.type {
      case "character varying", "character", "bit varying", "bit":
        return old.modifiers.first.map { $0 <= newFirst } == true ? nil : "longer values are refused"
      case "numeric":
        let (oldScale, newScale) = (old.modifiers.dropFirst().first ?? 0, new.modifiers.dropFirst().first ?? 0)
        if old.modifiers.isEmpty || newScale < oldScale { return "decimal places are rounded away" }
        return newFirst - newScale < (old.modifiers.first ?? 0) - oldScale ? "larger values are refused" : nil
      default:
        return old.modifiers.first.map { $0 <= newFirst } == true ? nil : "fractions of seconds are rounded away"
      }
    }
    let integers = ["smallint", "integer", "bigint"]
    if let from = integers.firstIndex(of: old.type), let to = integers.firstIndex(of: new.type) {
      return to < from ? "larger values are refused" : nil
    }
    switch (old.type, new.type) {
    case ("text", "character varying") where !new.modifiers.isEmpty,
      ("citext", "character varying") where !new.modifiers.isEmpty,
      ("text", "character"), ("character varying", "character"):
      return "longer values are refused"
    case ("numeric", let type) where integers.contains(type),
      ("double precision", let type) where integers.contains(type), ("real", let type) where integers.contains(type):
      return "decimal places are rounded away"
    case ("double precision", "real"), ("numeric", "real"), ("numeric", "double precision"):
      return "digits are rounded away"
    case ("timestamp with time zone", "timestamp without time zone"), ("time with time zone", "time without time zone"):
      return "the time zone is lost"
    case ("timestamp with time zone", "date"), ("timestamp without time zone", "date"): return "the time of day is lost"
    case ("jsonb", "json"), ("json", "jsonb"): return nil
    default: return nil
    }
  }
}

extension StatementContext {
  /// What is known of a column before the statement, from the files or from a server.
  func column(_ name: String, of table: QualifiedName) -> ColumnShape? {
    declared.column(name, of: table) ?? before?.tables[table]?.column(name)
  }
}
