import Migrations
import Postgres
import SQL

extension Migration {
  /// A migration of the Supabase layout: `1_a` and its SQL.
  static func of(_ stem: String, _ sql: String) -> Migration {
    guard let migration = Migration(path: "supabase/migrations/\(stem).sql", bytes: Array(sql.utf8)) else {
      preconditionFailure("\(stem).sql is not a migration's name")
    }
    return migration
  }
}

extension Connection {
  /// The only cell of the only row.
  func value<Value: PostgresDecodable & Sendable>(
    _ sql: String, _ parameters: [any PostgresEncodable] = [], as type: Value.Type = Value.self
  ) async throws -> Value {
    try await query(sql, parameters)[0].decode(type)
  }

  func exists(_ relation: String) async throws -> Bool {
    try await value("select to_regclass($1) is not null", [relation])
  }

  /// The versions in the history.
  func history() async throws -> [String] {
    try await History.read(from: self).map(\.version)
  }
}
