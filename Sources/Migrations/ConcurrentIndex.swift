internal import Postgres
internal import SQL

/// Indexes that are built or dropped without a transaction, and what the catalog says of them.
enum ConcurrentIndex {
  /// Whether nothing is left to do for a statement: the index it builds is there and valid, or what it drops is gone.
  ///
  /// False for every statement that is neither. An invalid index by the name of the one to be built, as a build that
  /// failed leaves it behind, is dropped, unless somebody is building it this very moment.
  static func isSettled(_ statement: Statement, on connection: isolated Connection) async throws(PostgresError) -> Bool
  {
    switch statement.syntax {
    case .createIndex(let index) where index.concurrently:
      guard let name = index.name else { return false }
      return try await isBuilt(name, on: index.table, connection)
    case .drop(let drop) where drop.concurrently:
      for object in drop.objects {
        let rows = try await connection.query("select to_regclass($1) is null", [object.name.sql])
        guard try rows[0].decode(Bool.self) else { return false }
      }
      return true
    default:
      return false
    }
  }

  private static func isBuilt(
    _ name: String, on table: Syntax.QualifiedName, _ connection: isolated Connection
  ) async throws(PostgresError) -> Bool {
    let rows = try await connection.query(
      """
      select format('%I.%I', n.nspname, c.relname), i.indisvalid
      from pg_catalog.pg_index i
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where i.indrelid = to_regclass($1) and c.relname = $2
        and not exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
      """,
      [table.sql, name])
    guard let row = rows.first else { return false }
    let (index, isValid) = try row.decode(String.self, Bool.self)
    if !isValid { try await connection.execute("drop index concurrently \(index)") }
    return isValid
  }
}

extension Syntax.QualifiedName {
  fileprivate var sql: String {
    [schema, name].compactMap(\.self).map(Quoting.identifier).joined(separator: ".")
  }
}
