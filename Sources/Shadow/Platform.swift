internal import Basics

/// What a database has before the first migration: a profile, and what the target at hand has of its own besides.
///
/// A migration means what its surroundings make of it: whose the new table is, who may read it by default, whether
/// `GRANT ... TO reporting` finds its role. So a shadow gets the target's; see `Platform.read`.
package struct Platform: Hashable, Sendable {
  package let profile: Profile
  /// Runs the migrations, and owns the database. No superuser on a shadow, whatever it is on the target.
  package let migrationRole: String
  /// The target's roles as a JSON array; see `Resources/target_10_roles.sql`.
  let roles: String
  /// Who owns and may use the schema `public`, and the default privileges, as a JSON object; nil for the profile's. See
  /// `Resources/target_20_defaults.sql`.
  package let defaults: String?

  /// What a profile alone has.
  package init(_ profile: Profile) {
    self.init(profile, migrationRole: Profile.migrationRole, roles: "[]", defaults: nil)
  }

  init(_ profile: Profile, migrationRole: String, roles: String, defaults: String?) {
    self.profile = profile
    self.migrationRole = migrationRole
    self.roles = roles
    self.defaults = defaults
  }

  /// Changes whenever a database would be another than before. Roles are the whole cluster's and not the database's.
  var digest: Digest {
    Digest(chaining: profile.digest, Digest(of: "\(migrationRole)\n\(defaults ?? "")\n\(Self.defaultsScript)"))
  }

  /// All that `rolesScript` does depends on.
  var roleAssertion: String { "\(migrationRole)\n\(roles)" }

  static let rolesScript = String(decoding: PackageResources.target_10_roles_sql, as: UTF8.self)
  static let defaultsScript = String(decoding: PackageResources.target_20_defaults_sql, as: UTF8.self)
}
