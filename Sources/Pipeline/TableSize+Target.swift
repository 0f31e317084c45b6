internal import Lint
internal import Postgres
internal import Schema

extension TableSize {
  /// How large tables are on a database; those that it does not have are left out.
  ///
  /// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
  static func read(
    _ tables: Set<QualifiedName>, from target: ConnectionString
  ) async throws -> [QualifiedName: TableSize] {
    guard !tables.isEmpty else { return [:] }
    let names = tables.sorted()
    let rows = try await Connection.with(target, as: "penstock sizes") {
      try await $0.query(query, [names.map(\.schema), names.map(\.name)])
    }
    var sizes: [QualifiedName: TableSize] = [:]
    for row in rows {
      let (schema, name, count, bytes) = try row.decode(String.self, String.self, Double.self, Int.self)
      sizes[QualifiedName(schema: schema, name: name)] = TableSize(rows: count, bytes: bytes)
    }
    return sizes
  }

  /// A table that was never analysed says -1 rows.
  private static let query = """
    select n.nspname::text, c.relname::text, s.rows, s.bytes
    from unnest($1::text[], $2::text[]) as wanted (schema, name)
    join pg_catalog.pg_namespace n on n.nspname = wanted.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
    cross join lateral (
      select coalesce(sum(greatest(p.reltuples, 0)), 0)::float8 as rows,
        coalesce(sum(pg_catalog.pg_total_relation_size(p.oid)), 0)::int8 as bytes
      from pg_catalog.pg_class p
      where p.oid = c.oid
        or c.relkind = 'p' and p.oid in (select relid from pg_catalog.pg_partition_tree(c.oid))
    ) s
    """
}
