internal import Basics

/// An extension that only a hosted platform has, and Penstock's stand-in for it: real to the server, empty inside.
///
/// The script of each is in `Resources/stub_NAME.sql` and says what it does and does not do. It is found by
/// `CREATE EXTENSION` like any other, because the shadow's server looks for extensions in a folder of ours; see
/// `ServerTree`. Where the real extension is installed, it is used.
struct StandIn: Sendable {
  let name: String
  let script: [UInt8]

  /// What the script says of itself in lines of comment: `-- requires: NAME, NAME`, `-- version: 1.5.1`,
  /// `-- schema: NAME`, `-- relocatable`, `-- preloaded`.
  private func header(_ name: String) -> String? {
    lines.first { $0.hasPrefix("-- \(name): ") }.map { String($0.dropFirst(name.count + 5)) }
  }

  /// Those of the comment at its top, of which the longest has not so many.
  private var lines: [String] {
    script.split(separator: UInt8(ascii: "\n"), maxSplits: 20).prefix { $0.starts(with: "--".utf8) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The only schema that the real one can be in, which PostgreSQL makes if need be; nil where it can be in any.
  var schema: String? { header("schema") }

  /// Whether the real one works only where the server loads it when it starts, as a shadow's does not: it stands in
  /// even where the real one is installed.
  var isPreloaded: Bool { lines.contains("-- preloaded") }

  /// The only version that a stand-in has, the platform's of late: whichever a migration asks for, it gets this one.
  private var version: String { header("version") ?? "0" }

  /// `NAME.control`. Trusted, so that the owner of the database may create it, as the platform lets `postgres`.
  var control: String {
    var lines = [
      "comment = 'Penstock''s stand-in for \(name)'",
      "default_version = '\(version)'",
      "relocatable = \(self.lines.contains("-- relocatable"))",
      "trusted = true",
    ]
    // The extensions that must be there first.
    if let required = header("requires") { lines.append("requires = '\(required)'") }
    if let schema { lines.append("schema = '\(schema)'") }
    return lines.joined(separator: "\n") + "\n"
  }

  var scriptName: String { "\(name)--\(version).sql" }

  static let all: [StandIn] = [
    StandIn(name: "address_standardizer", script: PackageResources.stub_address_standardizer_sql),
    StandIn(name: "address_standardizer_data_us", script: PackageResources.stub_address_standardizer_data_us_sql),
    StandIn(name: "http", script: PackageResources.stub_http_sql),
    StandIn(name: "hypopg", script: PackageResources.stub_hypopg_sql),
    StandIn(name: "index_advisor", script: PackageResources.stub_index_advisor_sql),
    StandIn(name: "pg_cron", script: PackageResources.stub_pg_cron_sql),
    StandIn(name: "pg_graphql", script: PackageResources.stub_pg_graphql_sql),
    StandIn(name: "pg_hashids", script: PackageResources.stub_pg_hashids_sql),
    StandIn(name: "pg_jsonschema", script: PackageResources.stub_pg_jsonschema_sql),
    StandIn(name: "pg_net", script: PackageResources.stub_pg_net_sql),
    StandIn(name: "pg_partman", script: PackageResources.stub_pg_partman_sql),
    StandIn(name: "pg_repack", script: PackageResources.stub_pg_repack_sql),
    StandIn(name: "pg_stat_monitor", script: PackageResources.stub_pg_stat_monitor_sql),
    StandIn(name: "pg_tle", script: PackageResources.stub_pg_tle_sql),
    StandIn(name: "pgaudit", script: PackageResources.stub_pgaudit_sql),
    StandIn(name: "pgjwt", script: PackageResources.stub_pgjwt_sql),
    StandIn(name: "pgmq", script: PackageResources.stub_pgmq_sql),
    StandIn(name: "pgroonga", script: PackageResources.stub_pgroonga_sql),
    StandIn(name: "pgroonga_database", script: PackageResources.stub_pgroonga_database_sql),
    StandIn(name: "pgrouting", script: PackageResources.stub_pgrouting_sql),
    StandIn(name: "pgsodium", script: PackageResources.stub_pgsodium_sql),
    StandIn(name: "pgtap", script: PackageResources.stub_pgtap_sql),
    StandIn(name: "plpgsql_check", script: PackageResources.stub_plpgsql_check_sql),
    StandIn(name: "plv8", script: PackageResources.stub_plv8_sql),
    StandIn(name: "postgis", script: PackageResources.stub_postgis_sql),
    StandIn(name: "postgis_raster", script: PackageResources.stub_postgis_raster_sql),
    StandIn(name: "postgis_sfcgal", script: PackageResources.stub_postgis_sfcgal_sql),
    StandIn(name: "postgis_tiger_geocoder", script: PackageResources.stub_postgis_tiger_geocoder_sql),
    StandIn(name: "postgis_topology", script: PackageResources.stub_postgis_topology_sql),
    StandIn(name: "rum", script: PackageResources.stub_rum_sql),
    StandIn(name: "safeupdate", script: PackageResources.stub_safeupdate_sql),
    StandIn(name: "supabase_vault", script: PackageResources.stub_supabase_vault_sql),
    StandIn(name: "timescaledb", script: PackageResources.stub_timescaledb_sql),
    StandIn(name: "vector", script: PackageResources.stub_vector_sql),
    StandIn(name: "wrappers", script: PackageResources.stub_wrappers_sql),
  ]

  /// Changes whenever a stand-in does.
  static let digest = Digest(of: all.flatMap { Digest(of: $0.control).bytes + Digest(of: $0.script).bytes })
}
