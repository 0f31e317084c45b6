/// A right that PostgreSQL grants.
package enum Privilege: String, Sendable, CaseIterable, Codable {
  case select = "SELECT"
  case insert = "INSERT"
  case update = "UPDATE"
  case delete = "DELETE"
  case truncate = "TRUNCATE"
  case references = "REFERENCES"
  case trigger = "TRIGGER"
  /// From PostgreSQL 17 on.
  case maintain = "MAINTAIN"
  case usage = "USAGE"
  case create = "CREATE"
  case execute = "EXECUTE"

  /// What `ALL` stands for on an object of a kind.
  ///
  /// - Parameter serverVersion: Of the server that is to be told; for a reader one right more does not matter.
  static func all(on kind: Fact.Kind, serverVersion: Int = .max) -> Set<Privilege> {
    let all = newest(on: kind)
    return serverVersion < 170_000 ? all.subtracting([.maintain]) : all
  }

  private static func newest(on kind: Fact.Kind) -> Set<Privilege> {
    switch kind {
    case .sequence: [.usage, .select, .update]
    case .schema: [.usage, .create]
    case .function, .procedure, .aggregate: [.execute]
    case .table, .foreignTable, .view, .materializedView:
      [.select, .insert, .update, .delete, .truncate, .references, .trigger, .maintain]
    case .enumeration, .domain, .compositeType, .baseType, .rangeType, .language, .foreignDataWrapper, .foreignServer:
      [.usage]
    default: []
    }
  }

  /// Reads `INSERT, SELECT` or `ALL`.
  static func set(from list: String?, on kind: Fact.Kind, serverVersion: Int = .max) -> Set<Privilege> {
    guard let list else { return [] }
    return list == "ALL"
      ? all(on: kind, serverVersion: serverVersion)
      : Set(list.split(separator: ", ").compactMap { Privilege(rawValue: "\($0)") })
  }
}
