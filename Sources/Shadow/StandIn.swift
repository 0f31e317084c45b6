internal import Basics

/// An extension that only a hosted platform has, and Penstock's stand-in for it: real to the server, empty inside.
///
/// The script of each is in `Resources/stub_NAME.sql` and says what it does and does not do. It is found by
/// `CREATE EXTENSION` like any other, because the shadow's server looks for extensions in a folder of ours; see
/// `ServerTree`. Where the real extension is installed, it is used.
struct StandIn: Sendable {
  let name: String
  let script: [UInt8]

  /// The extensions that must be there first, from the script's line `-- requires: NAME, NAME`.
  private var required: String? {
    let mark = "-- requires: "
    return String(decoding: script, as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix(mark) }
      .map { String($0.dropFirst(mark.count)) }
  }

  /// Whether ALTER EXTENSION ... SET SCHEMA may move it: as the real one says, in the script's line `-- relocatable`.
  private var isRelocatable: Bool {
    String(decoding: script, as: UTF8.self).split(separator: "\n").contains("-- relocatable")
  }

  /// `NAME.control`. Trusted, so that the owner of the database may create it, as the platform lets `postgres`.
  var control: String {
    var lines = [
      "comment = 'Penstock''s stand-in for \(name)'",
      "default_version = '\(Self.version)'",
      "relocatable = \(isRelocatable)",
      "trusted = true",
    ]
    if let required { lines.append("requires = '\(required)'") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The only version that a stand-in has: whichever version a migration asks for, it gets this one.
  static let version = "0"

  var scriptName: String { "\(name)--\(Self.version).sql" }

  static let all: [StandIn] = [
    StandIn(name: "http", script: PackageResources.stub_http_sql),
    StandIn(name: "hypopg", script: PackageResources.stub_hypopg_sql),
    StandIn(name: "index_advisor", script: PackageResources.stub_index_advisor_sql),
    StandIn(name: "pg_cron", script: PackageResources.stub_pg_cron_sql),
    StandIn(name: "pg_graphql", script: PackageResources.stub_pg_graphql_sql),
    StandIn(name: "pg_hashids", script: PackageResources.stub_pg_hashids_sql),
    StandIn(name: "pg_jsonschema", script: PackageResources.stub_pg_jsonschema_sql),
    StandIn(name: "pg_net", script: PackageResources.stub_pg_net_sql),
    StandIn(name: "pg_repack", script: PackageResources.stub_pg_repack_sql),
    StandIn(name: "pg_stat_monitor", script: PackageResources.stub_pg_stat_monitor_sql),
    StandIn(name: "pg_tle", script: PackageResources.stub_pg_tle_sql),
    StandIn(name: "pgaudit", script: PackageResources.stub_pgaudit_sql),
    StandIn(name: "pgjwt", script: PackageResources.stub_pgjwt_sql),
    StandIn(name: "pgmq", script: PackageResources.stub_pgmq_sql),
    StandIn(name: "pgsodium", script: PackageResources.stub_pgsodium_sql),
    StandIn(name: "safeupdate", script: PackageResources.stub_safeupdate_sql),
    StandIn(name: "supabase_vault", script: PackageResources.stub_supabase_vault_sql),
    StandIn(name: "timescaledb", script: PackageResources.stub_timescaledb_sql),
    StandIn(name: "vector", script: PackageResources.stub_vector_sql),
    StandIn(name: "wrappers", script: PackageResources.stub_wrappers_sql),
  ]

  /// Changes whenever a stand-in does.
  static let digest = Digest(of: all.flatMap { Digest(of: $0.control).bytes + Digest(of: $0.script).bytes })
}
