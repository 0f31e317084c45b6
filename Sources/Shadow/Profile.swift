package import Basics
package import Postgres

/// What a target's platform has before the first migration.
///
/// A profile is SQL of our own in `Resources/`, one subject a file. It is installed once per server and profile
/// version; everything else is a copy of that database.
package enum Profile: String, Hashable, Sendable, Codable, CaseIterable {
  /// A Supabase project: its roles, schemas, functions, tables, default privileges, extensions and publication.
  case supabase
  /// A plain PostgreSQL whose owner of the database is no superuser.
  case postgres

  /// The role that migrations run as, the owner of the database, where no target has another.
  package static let migrationRole = "postgres"

  /// Changes whenever a database of this profile would be another than before.
  package var digest: Digest {
    Digest(of: Digest(of: rawValue).bytes + StandIn.digest.bytes + scripts.flatMap { Digest(of: $0.bytes).bytes })
  }

  /// In the order in which they run.
  fileprivate var scripts: [ProfileScript] {
    let platform = [
      ProfileScript(PackageResources.platform_10_superuser_sql),
      ProfileScript(PackageResources.platform_15_target_superuser_sql),
      ProfileScript(PackageResources.platform_20_roles_sql),
    ]
    switch self {
    case .supabase:
      return [ProfileScript(PackageResources.supabase_10_roles_sql)] + platform + [
        ProfileScript(PackageResources.supabase_20_schemas_sql),
        ProfileScript(PackageResources.supabase_30_auth_sql),
        ProfileScript(PackageResources.supabase_40_storage_sql),
        ProfileScript(PackageResources.supabase_50_realtime_sql),
        ProfileScript(PackageResources.supabase_60_functions_sql),
        ProfileScript(PackageResources.supabase_70_extensions_sql),
        ProfileScript(PackageResources.supabase_75_services_sql),
        ProfileScript(PackageResources.supabase_80_privileges_sql),
        ProfileScript(PackageResources.supabase_90_publications_sql),
      ]
    case .postgres:
      return [ProfileScript(PackageResources.postgres_10_roles_sql)] + platform
    }
  }

  /// Stand-ins that are there before the first migration.
  package var preinstalled: Set<String> {
    switch self {
    case .supabase: ["pg_graphql", "supabase_vault"]
    case .postgres: []
    }
  }

  /// How migrations connect to a target.
  ///
  /// Supabase's own logins step down to `postgres`, as its command line has them do: what they made would be the
  /// platform's. Said as the connection's setting, so that RESET ROLE goes back to it too.
  package func connection(to target: ConnectionString) -> ConnectionString {
    let isPlatformLogin = target.user.map { $0 == "supabase_admin" || $0.hasPrefix("cli_login_") } ?? false
    guard self == .supabase, isPlatformLogin else { return target }
    return target.with(setting: "role", Self.migrationRole)
  }

  /// What a session of the migration role starts with, and goes back to with RESET.
  ///
  /// Said by the connection and not only by the role, because the role is the same for all profiles of a server.
  var sessionOptions: String {
    switch self {
    case .supabase: #"-c search_path="$user",public,extensions"#
    case .postgres: #"-c search_path="$user",public"#
    }
  }
}

extension Platform {
  /// Sets up a database, which must be new and owned by nobody but the superuser or the migration role, which must
  /// exist unless it is the profile's own.
  ///
  /// Roles belong to the whole cluster: those of the profile are made, or set right where they exist.
  ///
  /// - Parameter superuser: Connects to the database.
  /// - Throws: `ShadowError`, code `.profile`, when the server refuses one of the scripts; `PostgresError` when it
  ///   cannot be reached.
  func install(superuser: ConnectionString) async throws {
    do {
      try await Connection.with(superuser, as: "penstock shadow profile") { connection in
        try await connection.set("penstock.migration_role", migrationRole)
        try await connection.set("penstock.backing", backing.rawValue)
        try await connection.set("penstock.target_defaults", defaults ?? "")
        let scripts = profile.scripts.map(\.text) + (defaults == nil ? [] : [Self.defaultsScript])
        for script in ["begin"] + scripts + ["commit"] {
          try await connection.script(script)
        }
      }
    } catch let error as PostgresError where error.code == .server {
      throw ShadowError(.profile, "The \(profile.rawValue) profile could not be installed: \(error)")
    }
  }
}

extension Connection {
  /// Sets a setting of the session for a script to read.
  func set(_ name: String, _ value: String) async throws(PostgresError) {
    try await execute("select set_config($1, $2, false)", [name, value])
  }
}

/// One file of a profile.
private struct ProfileScript {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
