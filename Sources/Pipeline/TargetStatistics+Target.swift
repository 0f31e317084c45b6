internal import Lint
internal import Postgres
internal import Schema
internal import Shadow

extension TargetStatistics {
  /// What a database says of tables and extensions that it has; it waits for nobody.
  ///
  /// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/monitoring-stats.html
  static func read(
    _ tables: Set<QualifiedName>, extensions: Set<String>, backing: Backing, from connection: Connection
  ) async throws(PostgresError) -> TargetStatistics {
    var statistics = TargetStatistics()
    let names = tables.sorted()
    for row in tables.isEmpty ? [] : try await connection.query(tablesQuery, [names.map(\.schema), names.map(\.name)]) {
      let (schema, name, live, dead, reads) = try row.decode(String.self, String.self, Int.self, Int.self, Int.self)
      statistics.tables[QualifiedName(schema: schema, name: name)] = Table(
        liveRows: live, deadRows: dead, reads: reads, days: try row.decode("days", as: Int?.self))
    }
    for row in tables.isEmpty ? [] : try await connection.query(indexesQuery, [names.map(\.schema), names.map(\.name)])
    {
      let (schema, table, name, bytes, scans) = try row.decode(
        String.self, String.self, String.self, Int.self, Int.self)
      let index = Index(
        name: name, bytes: bytes, scans: scans, isValid: try row.decode("valid", as: Bool.self),
        isKey: try row.decode("key", as: Bool.self))
      statistics.tables[QualifiedName(schema: schema, name: table)]?.indexes.append(index)
    }
    for row in extensions.isEmpty ? [] : try await connection.query(extensionsQuery, [extensions.sorted()]) {
      let (name, installed, available, isSuperusers) = try row.decode(
        String.self, String?.self, String?.self, Bool.self)
      statistics.extensions[name] = ExtensionVersions(
        installed: installed, available: available, isSuperusers: isSuperusers && backing == .nobody)
    }
    return statistics
  }

  /// Of a partitioned table, there are none.
  private static let tablesQuery = """
    select
      n.nspname::text, c.relname::text, pg_catalog.pg_stat_get_live_tuples(c.oid),
      pg_catalog.pg_stat_get_dead_tuples(c.oid),
      pg_catalog.pg_stat_get_numscans(c.oid) + coalesce(i.scans, 0)::int8,
      pg_catalog.date_part('day', pg_catalog.now() - d.stats_reset)::int8 as days
    from unnest($1::text[], $2::text[]) as wanted (schema, name)
    join pg_catalog.pg_namespace n on n.nspname = wanted.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind = 'r'
    cross join (
      select pg_catalog.pg_stat_get_db_stat_reset_time(oid) as stats_reset
      from pg_catalog.pg_database where datname = pg_catalog.current_database()
    ) d
    left join lateral (
      select sum(pg_catalog.pg_stat_get_numscans(x.indexrelid)) as scans
      from pg_catalog.pg_index x where x.indrelid = c.oid
    ) i on true
    """

  private static let indexesQuery = """
    select
      n.nspname::text, c.relname::text, i.relname::text,
      (greatest(i.relpages, 0)::int8 * pg_catalog.current_setting('block_size')::int8),
      pg_catalog.pg_stat_get_numscans(i.oid), x.indisvalid as valid,
      (x.indisunique or x.indisprimary or x.indisexclusion or x.indisreplident) as key
    from unnest($1::text[], $2::text[]) as wanted (schema, name)
    join pg_catalog.pg_namespace n on n.nspname = wanted.schema
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind = 'r'
    join pg_catalog.pg_index x on x.indrelid = c.oid
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    order by i.relname
    """

  private static let extensionsQuery = """
    select
      wanted.name, e.extversion, a.default_version,
      coalesce((
        select pg_catalog.bool_and(v.superuser and not v.trusted)
        from pg_catalog.pg_available_extension_versions() v where v.name = wanted.name
      ), false) as superusers
    from unnest($1::text[]) as wanted (name)
    left join pg_catalog.pg_available_extensions() a on a.name = wanted.name
    left join pg_catalog.pg_extension e on e.extname = wanted.name
    """
}

extension LintInput {
  /// Asks the target about what the pending files change.
  ///
  /// - Parameters:
  ///   - tables: Those for which somebody would have waited.
  ///   - backing: Who stands behind the role that runs migrations there.
  mutating func read(
    _ tables: Set<QualifiedName>, backing: Backing, from target: ConnectionString
  ) async throws {
    let extensions = Set(
      files.filter(\.isPending).flatMap(\.changedExtensions))
    guard !tables.isEmpty || !extensions.isEmpty else { return }
    (sizes, statistics) = try await Connection.with(target, as: "penstock sizes") { connection in
      (
        try await TableSize.read(tables, from: connection),
        try await TargetStatistics.read(tables, extensions: extensions, backing: backing, from: connection)
      )
    }
  }
}
