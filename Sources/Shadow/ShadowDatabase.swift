package import Migrations
package import Postgres

/// A database of one's own, in the state that a list of migrations leads to.
package struct ShadowDatabase: Sendable {
  /// What it had before the first migration.
  package let platform: Platform
  /// Of the database, on the shadow's server.
  package let name: String
  /// What it was copied from.
  let state: DatabaseName
  /// Connects as the role that migrations run as, who is no superuser.
  package let migrationRole: ConnectionString
  /// Connects as the server's superuser: for reading catalogs, never for a migration's statements.
  package let superuser: ConnectionString
  /// How many migrations were there already.
  package let reused: Int
  /// Those that had to be applied, in order.
  package let applied: [AppliedMigration]
  /// What a further migration's statements go through here.
  package let adaptation: PlatformAdaptation
  /// The extensions that the migrations created and that are stand-ins here, sorted.
  package let emulated: [String]

  /// How many migrations had to be applied.
  package var replayed: Int { applied.count }
}
