import Postgres
import Shadow
import Testing

/// What a shadow takes from a target; the target is another database of the shadow's own server.
@Suite("A target's platform")
struct TargetPlatformTests {
  @Test("what the migration role may have written into its target's record is not taken for SQL")
  func hostileRecord() async throws {
    let record = """
      {"public": {"owner": "nobody_any_more", "grants": [
        {"grantee": null, "privilege": "usage on schema public to public; alter role postgres superuser; --"}]},
      "defaultPrivileges": [
        {"role": "postgres", "schema": null, "kind": "r", "grants": [
          {"grantee": "anon; alter role postgres superuser", "privilege": "SELECT", "grantable": false},
          {"grantee": null, "privilege": "select on tables to public; alter role postgres superuser; --"}]},
        {"role": "postgres", "schema": null, "kind": "of a newer server", "grants": []}]}
      """
    let isSuperuser = try await ShadowFixture.withShadow(.postgres) { target in
      try await ShadowFixture.session(target.migrationRole) { session in
        try await session.script("create schema penstock; create table penstock.platform (defaults jsonb)")
        try await session.execute("insert into penstock.platform values ($1::jsonb)", [record])
      }
      return try await withShadow(of: target.migrationRole) {
        try await $0.column("select rolsuper::text from pg_roles where rolname = 'postgres'")
      }
    }

    #expect(isSuperuser == ["false"])
  }

  @Test("a migration role that postgres is a member of, and what it may not do")
  func circle() async throws {
    let name = "deploy_\(UInt32.random(in: 0...UInt32.max))"
    let answer = try await ShadowFixture.withShadow(.supabase) { target in
      _ = try await ShadowFixture.session(target.superuser) {
        try await $0.script("create role \(name) login createdb; grant \(name) to postgres")
      }
      return try await withShadow(of: target.migrationRole.with(user: name)) {
        try await $0.column(
          """
          select concat_ws(' ', rolname = current_user, rolcreatedb, rolcreaterole, pg_has_role('anon', 'member'))
          from pg_roles where rolname = '\(name)'
          """)
      }
    }

    #expect(answer == ["t t f t"])
  }

  @Test("a role that a migration dropped is there again for the next shadow")
  func droppedRole() async throws {
    let name = "reporting_\(UInt32.random(in: 0...UInt32.max))"
    try await ShadowFixture.withShadow(.postgres) { target in
      _ = try await ShadowFixture.session(target.superuser) { try await $0.execute("create role \(name)") }
      let platform = try await platform(of: target.migrationRole)
      let server = try await ShadowFixture.server()

      for _ in 0..<2 {
        let shadow = try await server.reset(platform: platform, migrations: [])
        _ = try await ShadowFixture.session(shadow.superuser) { try await $0.execute("drop role \(name)") }
        try await server.release(shadow)
      }
    }
  }

  private func platform(of target: ConnectionString) async throws -> Platform {
    try await ShadowFixture.session(target) { try await Platform.read(.postgres, isNew: true, from: $0) }
  }

  /// A session of the migration role on a new shadow of a target.
  private func withShadow<Value: Sendable>(
    of target: ConnectionString, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let server = try await ShadowFixture.server()
    let profile: Profile = target.user == Profile.migrationRole ? .postgres : .supabase
    let platform = try await ShadowFixture.session(target) { try await Platform.read(profile, isNew: true, from: $0) }
    let shadow = try await server.reset(platform: platform, migrations: [])
    do {
      let value = try await ShadowFixture.session(shadow.migrationRole, body)
      try await server.release(shadow)
      return value
    } catch {
      try await server.release(shadow)
      throw error
    }
  }
}
