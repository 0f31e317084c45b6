internal import Lint
internal import Postgres
internal import Schema

extension TableSize {
  /// How large tables are on a database, with their indexes; those that it does not have are left out.
  ///
  /// As of the last VACUUM or ANALYZE, as the planner knows it: the functions that measure files wait for whoever has
  /// locked the table, and so does a list of its partitions.
  ///
  /// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/catalog-pg-class.html
  static func read(
    _ tables: Set<QualifiedName>, from connection: Connection
  ) async throws(PostgresError) -> [QualifiedName: TableSize] {
    guard !tables.isEmpty else { return [:] }
    let names = tables.sorted()
    let rows = try await connection.query(query, [names.map(\.schema), names.map(\.name)])
    var sizes: [QualifiedName: TableSize] = [:]
    for row in rows {
      let (schema, name, count, bytes) = try row.decode(String.self, String.self, Double.self, Int.self)
      sizes[QualifiedName(schema: schema, name: name)] = TableSize(rows: count, bytes: bytes)
    }
    return sizes
  }

  /// A table that was never analysed says -1 rows.
  private static let query = """
    with recursive part (schema, name, oid) as (
      select wanted.schema, wanted.name, c.oid
      from unnest($1::text[], $2::text[]) as wanted (schema, name)
      join pg_catalog.pg_namespace n on n.nspname = wanted.schema
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
      union all
      select p.schema, p.name, i.inhrelid
      from part p
      join pg_catalog.pg_class c on c.oid = p.oid and c.relkind = 'p'
      join pg_catalog.pg_inherits i on i.inhparent = p.oid
    ),
    heap as (
      select p.schema, p.name, c.oid, c.relpages, c.reltuples from part p join pg_catalog.pg_class c on c.oid = p.oid
      union all
      select p.schema, p.name, t.oid, t.relpages, 0
      from part p
      join pg_catalog.pg_class c on c.oid = p.oid
      join pg_catalog.pg_class t on t.oid = c.reltoastrelid
    )
    select
      h.schema, h.name, sum(greatest(h.reltuples, 0))::float8,
      (sum(greatest(h.relpages, 0) + coalesce(indexes.pages, 0)) * current_setting('block_size')::int8)::int8
    from heap h
    left join lateral (
      select sum(c.relpages) as pages
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid = h.oid
    ) indexes on true
    group by h.schema, h.name
    """
}
