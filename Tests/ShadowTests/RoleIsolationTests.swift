import Migrations
import Postgres
import Shadow
import Testing

/// Roles are the whole cluster's, and yet each state has its own.
@Suite("Roles of a state")
struct RoleIsolationTests {
  @Test(
    "what migrations make of roles is there with their state, and out of sight with another's", .timeLimit(.minutes(2)))
  func isolation() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let own = ShadowFixture.migrations(
      """
      create role app createdb;
      create role idle;
      create table public.t (a int);
      alter table public.t owner to postgres;
      grant select on public.t to app;
      grant app to authenticator;
      alter role anon set statement_timeout = '1s';
      alter role service_role rename to service;
      alter role authenticated createdb;
      do $$ begin execute format('alter database %I set lock_timeout = ''7s''', current_database()); end $$;
      """)
    let other = ShadowFixture.migrations(
      "create role app nologin; create table public.u (); grant all on public.u to app;")
    let empty: [Migration] = []

    var seen: [[String?]] = []
    for migrations in [own, empty, other, own, empty] {
      let shadow = try await server.reset(platform: Platform(.supabase), migrations: migrations)
      seen.append(
        try await ShadowFixture.session(shadow.superuser) { session in
          try await session.column(Self.question)
        })
      try await server.release(shadow)
    }
    try await server.stop()

    let platform = ["anon 3s", "authenticated f", "service_role"]
    let mine = [
      "anon 1s", "app reads t", "app t", "authenticated t", "authenticator is app", "idle f", "service", "sweet",
    ]
    #expect(seen == [mine, platform, ["anon 3s", "app f", "authenticated f", "service_role"], mine, platform])
  }

  private static let question = """
    select 'anon ' || substr(setting, 19) as fact
    from pg_db_role_setting s, unnest(s.setconfig) setting
    where setrole = 'anon'::regrole and setting like 'statement_timeout=%'
    union all
    select rolname || ' ' || left(rolcreatedb::text, 1) from pg_roles where rolname in ('app', 'idle', 'authenticated')
    union all
    select 'app reads ' || left(has_table_privilege(r.oid, to_regclass('public.t'), 'select')::text, 1)
    from pg_roles r where rolname = 'app' and to_regclass('public.t') is not null
    union all
    select rolname from pg_roles where rolname in ('service', 'service_role')
    union all
    select 'authenticator is app' from pg_auth_members
    where member = 'authenticator'::regrole and roleid::regrole::text = 'app'
    union all
    select 'sweet' from pg_db_role_setting s, pg_database d
    where d.oid = s.setdatabase and d.datname = current_database() and s.setconfig = '{lock_timeout=7s}'
    order by 1
    """

  @Test("a platform that is new to the server has no roles but its own")
  func newPlatform() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let migrations = ShadowFixture.migrations(
      """
      create role app; create role owner; create table t (); grant owner to postgres;
      grant create on schema public to owner; alter table t owner to owner;
      """)

    for profile in [Profile.postgres, .supabase] {
      try await server.release(server.reset(platform: Platform(profile), migrations: migrations))
    }

    let shadow = try await server.reset(platform: Platform(.supabase), migrations: [])
    let left = try await ShadowFixture.session(shadow.superuser) {
      try await $0.column("select rolname::text from pg_roles where rolname in ('app', 'owner')")
    }
    try await server.stop()
    #expect(left == [])
  }

  @Test("shadows that are in use at once keep their roles")
  func together() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let first = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create role one;"))
    let second = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create role two; create role one;"))

    let roles = try await ShadowFixture.session(first.superuser) {
      try await $0.column("select rolname::text from pg_roles where rolname in ('one', 'two') order by 1")
    }
    try await server.release(first)
    try await server.release(second)
    let next = try await server.reset(platform: Platform(.supabase), migrations: [])
    let left = try await ShadowFixture.session(next.superuser) {
      try await $0.column("select rolname::text from pg_roles where rolname ~ '^(one|two|penstock_hidden)' order by 1")
    }
    try await server.stop()

    #expect(roles == ["one", "two"])
    #expect(left == [])
  }
}
