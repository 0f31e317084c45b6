internal import Postgres

extension ShadowServer {
  /// Sees to it that the cluster has the target's roles, the migration role above all.
  func assertRoles(of platform: Platform) async throws {
    guard platform.migrationRole != server.configuration.superuser else {
      throw ShadowError(
        .profile,
        """
        Migrations cannot run as \(platform.migrationRole), which is the platform's own superuser on a shadow: have \
        Penstock connect to the target as another role, on Supabase as \(Profile.migrationRole).
        """)
    }
    // A migration may have dropped one since, on its shadow, where it is the cluster's.
    let missing = try await anchor.query(
      """
      select to_regrole(quote_ident($1)) is null or exists (
        select from jsonb_array_elements($2::jsonb) r where to_regrole(quote_ident(r ->> 'name')) is null)
      """, [platform.migrationRole, platform.roles])[0].decode(Bool.self)
    guard missing || assertedRoles[platform.migrationRole] != platform.roles else { return }
    try await withCache { cache in
      try await cache.connection.set("penstock.migration_role", platform.migrationRole)
      try await cache.connection.set("penstock.target_roles", platform.roles)
      for script in ["begin", Platform.rolesScript, "commit"] { try await cache.connection.script(script) }
    }
    assertedRoles[platform.migrationRole] = platform.roles
  }

  /// Lets a shadow know which roles its target has: to create one of those again is an error there, too.
  func acknowledgeRoles(of platform: Platform, in database: DatabaseName) async throws {
    guard platform.roles != Platform(platform.profile).roles else { return }
    try await Connection.with(superuser(of: database), as: "penstock shadow") {
      _ = try await $0.execute(
        """
        insert into penstock_platform.known_role select r ->> 'name', true from jsonb_array_elements($1::jsonb) r
        on conflict do nothing
        """, [platform.roles])
    }
  }

  /// Undoes `acknowledgeRoles`: what is kept of a shadow stands for no target.
  func forgetRoles(in database: DatabaseName) async throws {
    try await Connection.with(superuser(of: database), as: "penstock shadow") {
      _ = try await $0.execute("delete from penstock_platform.known_role where of_target")
    }
  }
}
