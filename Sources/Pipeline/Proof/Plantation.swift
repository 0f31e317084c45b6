internal import Postgres
internal import Schema
internal import Shadow

/// Rows in a copy: put there before a plan runs, and looked for when it has run.
///
/// All of it is done as the role that migrations run as: rows are checked by functions of the schema's own, which are
/// nothing for a superuser to run.
struct Plantation: Sendable {
  let seed: Seed
  let copy: ShadowDatabase

  init(_ seed: Seed, in copy: ShadowDatabase) {
    self.seed = seed
    self.copy = copy
  }

  func plant() async throws -> PlanProof.Rows {
    let tables = seed.tables
    return try await Connection.with(copy.migrationRole, as: "penstock proof") { connection in
      try await connection.execute("set statement_timeout = '5s'")
      return try await connection.transaction { connection in
        // What COMMIT would refuse, the statement does.
        try await connection.execute("set constraints all immediate")
        var rows = PlanProof.Rows()
        for table in tables {
          var count = 0
          for attempts in table.rows where try await Self.insert(attempts, on: connection) { count += 1 }
          if count > 0 { rows.tables += 1 } else { rows.without.append(table.name) }
        }
        rows.without.sort()
        return rows
      }
    }
  }

  /// - Returns: Whether one of the statements added a row.
  private static func insert(_ attempts: [String], on connection: isolated Connection) async throws -> Bool {
    for statement in attempts {
      try await connection.execute("savepoint row")
      do throws(PostgresError) {
        if try await connection.execute(statement).rowCount == 1 {
          try await connection.execute("release savepoint row")
          return true
        }
      } catch {
        guard error.code == .server else { throw error }
      }
      for statement in ["rollback to savepoint row", "release savepoint row"] {
        try await connection.execute(statement)
      }
    }
    return false
  }

  /// By table, its rows as a JSON array; nothing for a table that cannot be read, or has none.
  func texts(of expected: [KeptRows], skipping empty: [String]) async throws -> [String: String] {
    try await Connection.with(copy.migrationRole, as: "penstock proof") { connection in
      var texts: [String: String] = [:]
      for kept in expected where !empty.contains(kept.table) {
        guard let rows = try await Self.cells(kept.reading, [], on: connection), !rows.isEmpty else { continue }
        texts[kept.table] = "[\(rows.joined(separator: ","))]"
      }
      return texts
    }
  }

  enum Outcome {
    case kept
    case lost(Int, of: Int)
    case unread
  }

  static func outcome(of kept: KeptRows, _ texts: String, in copy: ShadowDatabase) async throws -> Outcome {
    try await Connection.with(copy.migrationRole, as: "penstock proof") { connection in
      guard let expected = try await cells(kept.expected, [texts], on: connection),
        let found = try await cells(kept.found, [], on: connection)
      else { return .unread }
      let lost = found.difference(from: expected).removals.count
      return lost == 0 ? .kept : .lost(lost, of: expected.count)
    }
  }

  /// The first column; nil when the server refuses the query.
  private static func cells(
    _ query: String, _ parameters: [any PostgresEncodable], on connection: Connection
  ) async throws -> [String]? {
    do {
      return try await connection.query(query, parameters).map { try $0.decode(String.self) }
    } catch let error as PostgresError where error.code == .server {
      return nil
    }
  }
}
