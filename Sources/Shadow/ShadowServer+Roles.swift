internal import Postgres

extension ShadowServer {
  /// Gives the cluster the roles of the longest list of migrations whose state is there, and then those of the target.
  ///
  /// - Returns: How many migrations that state has; nil when there is none.
  func beginRoles(of platform: Platform, chain: StateChain, cache: StateCache) async throws -> Int? {
    let turn = try await cache.takeTurn()
    var reached = try await cache.longestPrefix(of: chain)
    if reached == nil, turn == .alone { try await cache.forgetRoles() }
    while let found = reached, try await !cache.restoreRoles(of: chain.states[found], turn) {
      // It is made again, with the roles that are there now.
      try await cache.drop(chain.states[found])
      reached = try await cache.longestPrefix(of: chain)
    }
    assertedRoles = turn == .alone ? [:] : assertedRoles
    try await assertRoles(of: platform, cache: cache)
    try await cache.leaveTurn(turn)
    return reached
  }

  /// Gives the cluster the roles that a shadow had when it was given back, and notes that it is in use.
  ///
  /// - Returns: False when that is impossible while others are in use: then nothing is noted.
  func resumeRoles(of shadow: ShadowDatabase) async throws -> Bool {
    guard let roles = shadow.roles else { return false }
    try await holdRoles(of: shadow.name)
    if try await StateCache(connection: anchor).hasRoles(roles) { return true }
    try await letGoOfRoles(of: shadow.name)
    return try await withCache { cache in
      let turn = try await cache.takeTurn()
      let isDone = try await cache.restoreRoles(roles, of: DatabaseName(rawValue: shadow.name), turn)
      if turn == .alone { assertedRoles = [:] }
      try await cache.leaveTurn(turn)
      if isDone { try await holdRoles(of: shadow.name) }
      return isDone
    }
  }

  /// Notes that a shadow is in use, until `letGoOfRoles`; in a cancelled task, too.
  func holdRoles(of shadow: String) async throws {
    let anchor = anchor
    try await StateCache(connection: anchor).holdRoles()
    // A new one holds what was held by then.
    guard anchor === self.anchor else { throw PostgresError(.closed, "The shadow's server was started anew.") }
    held.insert(shadow)
  }

  /// Does nothing for a shadow that is not held: the hold would be another's.
  func letGoOfRoles(of shadow: String) async throws {
    guard held.remove(shadow) != nil else { return }
    try await StateCache(connection: anchor).letGoOfRoles()
  }

  /// Notes that the roles of a platform stay.
  func keepRoles(of draft: DatabaseName, cache: StateCache) async throws {
    let names = try await Connection.with(superuser(of: draft), as: "penstock shadow") {
      try await $0.query("select coalesce(jsonb_agg(name), '[]')::text from penstock_platform.known_role")[0]
        .decode(String.self)
    }
    try await cache.keepRoles(named: names)
  }

  /// Sees to it that the cluster has the target's roles, the migration role above all.
  func assertRoles(of platform: Platform, cache: StateCache) async throws {
    guard platform.migrationRole != server.configuration.superuser else {
      throw ShadowError(
        .profile,
        """
        Migrations cannot run as \(platform.migrationRole), which is the platform's own superuser on a shadow: have \
        Penstock connect to the target as another role, on Supabase as \(Profile.migrationRole).
        """)
    }
    let connection = cache.connection
    guard try await !hasRoles(of: platform, connection) else { return }
    try await connection.set("penstock.migration_role", platform.migrationRole)
    try await connection.set("penstock.backing", platform.backing.rawValue)
    try await connection.set("penstock.target_roles", platform.roles)
    for script in ["begin", Platform.rolesScript, "commit"] { try await connection.script(script) }
    try await cache.keepRoles(
      named: connection.query(
        """
        select (coalesce(jsonb_agg(r ->> 'name'), '[]') || to_jsonb($2::text))::text
        from jsonb_array_elements($1::jsonb) r
        """, [platform.roles, platform.migrationRole])[0].decode(String.self))
    assertedRoles[platform.migrationRole] = asserted(platform)
  }

  /// Whether the cluster has them as they were last given to it.
  func hasRoles(of platform: Platform, _ connection: Connection) async throws -> Bool {
    guard assertedRoles[platform.migrationRole] == asserted(platform) else { return false }
    // A migration may have dropped one since, on its shadow, where it is the cluster's.
    return try await connection.query(
      """
      select to_regrole(quote_ident($1)) is not null and not exists (
        select from jsonb_array_elements($2::jsonb) r where to_regrole(quote_ident(r ->> 'name')) is null)
      """, [platform.migrationRole, platform.roles])[0].decode(Bool.self)
  }

  private func asserted(_ platform: Platform) -> String { "\(platform.backing) \(platform.roles)" }

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
