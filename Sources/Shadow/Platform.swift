internal import Basics

/// What a database has before the first migration: a profile, and what the target at hand has of its own besides.
///
/// A migration means what its surroundings make of it: whose the new table is, who may read it by default, whether
/// `GRANT ... TO reporting` finds its role. So a shadow gets the target's; see `Platform.read`.
package struct Platform: Hashable, Sendable {
  /// What every database of the target's platform has.
  package let profile: Profile
  /// Runs the migrations, and owns the database. No superuser on a shadow, whatever it is on the target.
  package let migrationRole: String
  /// What it may do on the target although PostgreSQL would ask for a superuser.
  package let backing: Backing
  /// The target's roles as a JSON array; see `Resources/target_10_roles.sql`.
  let roles: String
  /// Their names, as another JSON array.
  private let roleNames: String
  /// Who owns and may use the schema `public`, and the default privileges, as a JSON object; nil for the profile's. See
  /// `Resources/target_20_defaults.sql`.
  package let defaults: String?

  /// What a profile alone has.
  package init(_ profile: Profile) {
    self.init(
      profile, migrationRole: Profile.migrationRole, backing: Backing(of: profile), roles: "[]", roleNames: "[]",
      defaults: nil)
  }

  init(
    _ profile: Profile, migrationRole: String, backing: Backing, roles: String, roleNames: String, defaults: String?
  ) {
    self.profile = profile
    self.migrationRole = migrationRole
    self.backing = backing
    self.roles = roles
    self.roleNames = roleNames
    self.defaults = defaults
  }

  /// Changes whenever a database would be another than before.
  ///
  /// A migration may ask which roles there are, so their names count; what they may do is the whole cluster's.
  var digest: Digest {
    Digest(
      chaining: profile.digest,
      Digest(of: "\(migrationRole)\n\(backing)\n\(roleNames)\n\(defaults ?? "")\n\(Self.defaultsScript)"))
  }

  static let rolesScript = String(decoding: PackageResources.target_10_roles_sql, as: UTF8.self)
  static let defaultsScript = String(decoding: PackageResources.target_20_defaults_sql, as: UTF8.self)
}
