package import Postgres

/// A row of the history table: a migration that has been applied.
package struct HistoryEntry: Hashable, Sendable, Codable {
  package let version: String
  package let name: String?
  /// The migration's statements as they were split when it was applied; nil when whoever applied it did not say.
  ///
  /// The hosted platform's own API stores the whole file as one element, so the granularity is nobody's promise.
  package let statements: [String]?

  package init(version: String, name: String?, statements: [String]?) {
    self.version = version
    self.name = name
    self.statements = statements
  }
}

/// `supabase_migrations.schema_migrations`, the table that says what a database has applied.
///
/// It is the Supabase CLI's, to the letter, so that both tools can be used side by side. Columns are always named: the
/// hosted platform has more of them than we know.
package enum History {
  /// The DDL, as the Supabase CLI runs it.
  static let definition = [
    "create schema if not exists supabase_migrations",
    "create table if not exists supabase_migrations.schema_migrations (version text not null primary key)",
    "alter table supabase_migrations.schema_migrations add column if not exists statements text[]",
    "alter table supabase_migrations.schema_migrations add column if not exists name text",
    "create table if not exists supabase_migrations.seed_files (path text not null primary key, hash text not null)",
  ]

  /// Creates the tables, or what is missing of them. A complete table is only looked at, so that a role that may not
  /// create schemas can go on using one, and nobody waits for a lock.
  package static func ensure(on connection: isolated Connection) async throws(PostgresError) {
    let columns = try await columns(on: connection)
    let seeds = try await connection.query("select to_regclass('supabase_migrations.seed_files') is not null")
    if columns.isSuperset(of: ["version", "name", "statements"]), try seeds[0].decode(Bool.self) { return }
    for statement in definition {
      _ = try await connection.execute(statement)
    }
  }

  /// Every row, in the order of the version's bytes. Empty when there is no such table.
  package static func read(from connection: isolated Connection) async throws(PostgresError) -> [HistoryEntry] {
    let columns = try await columns(on: connection)
    guard columns.contains("version") else { return [] }
    let name = columns.contains("name") ? "name" : "null::text"
    let statements = columns.contains("statements") ? "array_remove(statements, null)" : "null::text[]"
    let rows = try await connection.query(
      """
      select version::text, \(name), \(statements)
      from supabase_migrations.schema_migrations
      order by version::text collate "C"
      """)
    var entries: [HistoryEntry] = []
    entries.reserveCapacity(rows.count)
    for row in rows {
      let (version, name, statements) = try row.decode(String.self, String?.self, [String]?.self)
      entries.append(HistoryEntry(version: version, name: name, statements: statements))
    }
    return entries
  }

  /// Whether the table has a row of `version`. The table must be there.
  static func contains(version: String, on connection: isolated Connection) async throws(PostgresError) -> Bool {
    let rows = try await connection.query(
      "select true from supabase_migrations.schema_migrations where version = $1", [version])
    return !rows.isEmpty
  }

  /// Adds a row, within the caller's transaction if there is one. The table must be there.
  /// - Throws: SQLSTATE 23505 when the version has a row already.
  package static func record(
    _ entry: HistoryEntry, on connection: isolated Connection
  ) async throws(PostgresError) {
    _ = try await connection.execute(insertion, insertionParameters(entry))
  }

  static let insertion =
    "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)"

  static func insertionParameters(_ entry: HistoryEntry) -> [any PostgresEncodable] {
    [entry.version, entry.name, entry.statements]
  }

  /// The names of the history table's columns; empty when there is no such table.
  private static func columns(on connection: isolated Connection) async throws(PostgresError) -> Set<String> {
    let rows = try await connection.query(
      """
      select attname::text from pg_catalog.pg_attribute
      where attrelid = pg_catalog.to_regclass('supabase_migrations.schema_migrations')
        and attnum > 0 and not attisdropped
      """)
    var columns: Set<String> = []
    for row in rows { columns.insert(try row.decode(String.self)) }
    return columns
  }
}
