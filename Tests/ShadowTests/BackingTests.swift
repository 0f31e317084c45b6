import Migrations
import Postgres
import Shadow
import Testing

/// A shadow does for the migration role what its target would let it do, and no more.
@Suite("Who stands behind the migration role")
struct BackingTests {
  @Test("a role that is no superuser on a plain target gets nothing done on its behalf")
  func nobody() async throws {
    let name = "plain_\(UInt32.random(in: 0...UInt32.max))"
    let platform = try await ShadowFixture.withShadow(.postgres) { target in
      _ = try await ShadowFixture.session(target.superuser) {
        try await $0.script("create role \(name) login createdb createrole bypassrls")
      }
      return try await ShadowFixture.session(target.migrationRole.with(user: name)) {
        try await Platform.read(.postgres, isNew: true, from: $0)
      }
    }
    #expect(platform.backing == .nobody)

    for sql in [
      "create publication p for all tables;", "set session_replication_role = replica;",
      "create role \(name)_made replication;",
      """
      create function f() returns event_trigger language plpgsql as 'begin end';
      create event trigger e on ddl_command_start execute function f();
      """,
    ] {
      let failure = await #expect(throws: ApplyFailure.self, "\(sql)") {
        try await apply(sql, on: platform)
      }
      #expect(failure?.postgres?.sqlState == .insufficientPrivilege, "\(sql)")
    }
  }

  @Test("the login of a target decides: a superuser's, a platform's, or neither")
  func read() async throws {
    try await ShadowFixture.withShadow(.supabase) { target in
      let superuser = try await ShadowFixture.session(target.superuser) {
        try await Platform.read(.postgres, isNew: true, from: $0)
      }
      let platform = try await ShadowFixture.session(target.migrationRole) {
        try await Platform.read(.supabase, isNew: true, from: $0)
      }
      let own = try await ShadowFixture.session(target.migrationRole) {
        try await Platform.read(.postgres, isNew: true, backing: .superuser, from: $0)
      }

      #expect([superuser.backing, platform.backing, own.backing] == [.superuser, .platform, .superuser])
    }
  }

  @Test(
    "a superuser's migrations apply: roles, owners, settings, at the top, in DO blocks and in what they put together")
  func superuser() async throws {
    let app = "app_\(UInt32.random(in: 0...UInt32.max))"
    let text = """
      create role \(app) superuser bypassrls login;
      create role \(app)_api noinherit;
      grant postgres to \(app)_api;
      create table public.t (a int);
      alter table public.t owner to \(app);
      alter table public.t add column b int;
      create function public.f(a text, b int[]) returns int language sql as 'select 1';
      do $$
      declare
        name text := '\(app)_storage';
        total int;
      begin
        execute 'CREATE ROLE ' || name || ' NOLOGIN NOINHERIT bypassrls';
        EXECUTE 'alter function "public".f(text, int[]) owner to ' || name;  -- theirs
        execute format('alter table %I.t owner to %I', 'public', name) -- not mine
        ;
        execute 'select count(*) from pg_roles where rolname = $1' into total using name;
        alter function public.f(text, int[]) owner to \(app);
        if total <> 1 then raise 'no role'; end if;
      end $$;
      alter default privileges for role \(app) grant select on tables to \(app)_api;
      set session_replication_role = replica;
      create schema theirs authorization postgres;
      alter schema theirs owner to \(app)_storage;
      create publication p for all tables;
      create table public.parent (id int primary key);
      create table public."Child" (id int references public.parent);
      alter table public."Child" disable trigger all;
      do $$ begin execute 'alter table public."Child" enable trigger all'; end $$;
      do $$ begin execute format('alter table %I disable trigger all', 'Child'); end $$;
      insert into public."Child" values (1);
      """

    let facts = try await ShadowFixture.withSession(.postgres, ShadowFixture.migrations(text)) { session in
      try await session.column(
        """
        select concat_ws(' ', replace(rolname, '\(app)', 'app'), rolsuper, rolbypassrls)
        from pg_roles where rolname ~ '^\(app)' order by rolname
        """)
        + session.column(
          """
          select replace(relowner::regrole::text, '\(app)', 'app') from pg_class where relname = 't'
          union all select replace(proowner::regrole::text, '\(app)', 'app') from pg_proc where proname = 'f'
          """)
    }

    #expect(facts == ["app f t", "app_api f f", "app_storage f t", "app_storage", "app"])
  }

  @Test(
    "and none of it makes a superuser, or moves what is one's",
    arguments: [
      "alter function public.evil() owner to supabase_admin;",
      "alter table public.t owner to pg_read_server_files;",
      "alter function pg_catalog.lower(text) owner to postgres;",
      "alter schema penstock_platform owner to postgres;",
      "alter table penstock_platform.known_role disable trigger all;",
      "do $$ begin execute 'alter table pg_catalog.pg_authid disable trigger all'; end $$;",
      "do $$ begin execute 'alter function public.evil() owner to supabase_admin'; end $$;",
      "do $$ begin execute 'alter function public.evil() owner to \"supabase_admin\"'; end $$;",
      "do $$ begin execute 'alter function pg_catalog.lower(text) owner to anybody'; end $$;",
      "do $$ begin execute 'alter role supabase_admin nobypassrls'; end $$;",
      "do $$ begin execute 'create role anybody_else superuser'; end $$;",
      "alter table public.t owner to anybody, add column c int default public.evil();",
      "do $$ begin execute 'alter table public.t add column c int default public.evil(), owner to anybody'; end $$;",
      "do $$ begin execute 'alter table public.t owner to anybody; alter role postgres superuser'; end $$;",
      "do $$ begin execute penstock_platform.on_behalf('alter role postgres bypassrls superuser'); end $$;",
      "grant supabase_admin to anybody;",
      "alter default privileges for role supabase_admin grant all on functions to anybody;",
      "select penstock_platform.change_owner('postgres', 'alter role postgres superuser');",
      "alter system set fsync = off;", "copy public.t to program 'id';", "alter role postgres superuser;",
    ])
  func hostile(_ sql: String) async throws {
    let migrations = ShadowFixture.migrations(
      """
      do $$ begin create role anybody; exception when duplicate_object then null; end $$;
      create table public.t (a int);
      create function public.evil() returns int security definer language plpgsql as $f$
      begin
        if current_setting('is_superuser') = 'on' then raise 'was called as %', current_user; end if;
        return 1;
      end $f$;
      """, sql)

    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.postgres, migrations) { shadow in
        let rights = try await ShadowFixture.session(shadow.superuser) {
          try await $0.column("select rolname::text from pg_roles where rolsuper and rolname !~ '^pg_'")
        }
        #expect(rights == ["supabase_admin"])
        throw ApplyFailure(path: "", cause: .file("applied"))
      }
    }

    // Nothing, or a superuser's attribute that nobody has got.
    let isRefused = ["42501", "25001", "0LP01"].contains(failure?.postgres?.sqlState?.rawValue ?? "")
    #expect(isRefused || sql == "alter role postgres superuser;", "\(String(describing: failure))")
  }

  private func apply(_ sql: String, on platform: Platform) async throws {
    let server = try await ShadowFixture.server()
    let shadow = try await server.reset(
      platform: platform, migrations: ShadowFixture.migrations(ShadowFixture.unique() + sql))
    try await server.release(shadow)
  }
}
