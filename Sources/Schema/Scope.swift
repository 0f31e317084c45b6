internal import Postgres

/// Which part of a database is the user's schema.
///
/// Left out are PostgreSQL's own schemas, the tables in which migrations are kept, every object that belongs to an
/// extension, and what a platform manages. The database itself, its roles and its tablespaces are no schema.
package struct Scope: Hashable, Sendable {
  /// Schemas whose insides are a platform's; `*` at the end stands for anything. What users add to their tables, which
  /// is policies and the triggers that call a function of their own, is in scope all the same.
  package var managedSchemas: [String]
  /// Extensions that are there before the first migration.
  package var platformExtensions: Set<String>
  /// Whether versions of extensions, and the comments they bring, are the platform's and not the schema's.
  package var leavesExtensionVersions: Bool
  /// Publications that a platform makes, and users fill.
  package var platformPublications: Set<String>
  /// Roles whose default privileges are a platform's; `*` at the end stands for anything.
  package var platformRoles: [String]

  /// A PostgreSQL database without a platform.
  package static let postgres = Scope(
    managedSchemas: [], platformExtensions: [], leavesExtensionVersions: false, platformPublications: [],
    platformRoles: []
  )

  /// A Supabase project: its command line leaves the same schemas out of its dumps.
  package static let supabase = Scope(
    managedSchemas: [
      "_analytics", "_realtime", "_supavisor", "_timescaledb_*", "auth", "cron", "dbdev", "etl", "extensions",
      "graphql", "graphql_public", "net", "pgbouncer", "pgmq", "pgsodium", "pgsodium_masks", "pgtle", "realtime",
      "repack", "storage", "supabase_functions", "tiger", "tiger_data", "timescaledb_*", "topology", "vault",
    ],
    platformExtensions: [
      "pg_graphql", "pg_net", "pg_stat_statements", "pgcrypto", "pgjwt", "pgsodium", "plpgsql", "supabase_vault",
      "uuid-ossp",
    ],
    leavesExtensionVersions: true,
    platformPublications: ["supabase_realtime"],
    platformRoles: ["dashboard_user", "pgbouncer", "supabase_*"]
  )

  private static let systemSchemas = [
    "information_schema", "penstock", "penstock_platform", "pg_*", "supabase_migrations",
  ]

  /// What ``FactQuery`` calls `$1` and `$2`.
  var parameters: [any PostgresEncodable] {
    [Self.expression(Self.systemSchemas + managedSchemas), Self.expression(managedSchemas)]
  }

  /// The fact as the scope sees it; nil when it is the platform's.
  func admit(_ fact: Fact) -> Fact? {
    switch (fact.id.object.kind, fact.id.kind) {
    case (.extension, _) where platformExtensions.contains(fact.id.object.name): nil
    case (.extension, .comment) where leavesExtensionVersions: nil
    case (.extension, .extension) where leavesExtensionVersions: fact.without("version")
    case (.publication, _) where isManagedPublication(fact.id.object.name): nil
    case (.publication, .publication) where platformPublications.contains(fact.id.object.name): fact.without("owner")
    case (.defaultPrivileges, _) where Self.matches(fact.id.object.name, platformRoles): nil
    default: fact
    }
  }

  /// Supabase's Realtime makes publications of its own for the tables of its own.
  private func isManagedPublication(_ name: String) -> Bool {
    platformPublications.contains { name.hasPrefix($0 + "_") }
  }

  private static func matches(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
  }

  /// A regular expression for names that match one of the patterns; for none, one that no name matches.
  private static func expression(_ patterns: [String]) -> String {
    "^(\(patterns.map { $0.replacing("*", with: ".*") }.joined(separator: "|")))$"
  }
}
