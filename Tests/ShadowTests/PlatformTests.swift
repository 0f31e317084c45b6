import Basics
import Migrations
import Postgres
import SQL
import Shadow
import Testing

/// What `postgres` may do on a shadow although it is no superuser, and what it may not.
@Suite("On behalf of postgres")
struct PlatformTests {
  @Test("creates and hands over what only superusers may create, at the top and inside DO blocks")
  func privilegedStatements() async throws {
    try await ShadowFixture.requireGrantsOnParameters()
    let migrations = ShadowFixture.migrations(
      """
      create extension if not exists wrappers with schema extensions;
      do $$
      begin
        -- create event trigger in_a_comment on ddl_command_end;
        if not exists (select from pg_foreign_data_wrapper where fdwname = 'stripe; wrapper') then
          CREATE FOREIGN DATA WRAPPER "stripe; wrapper" HANDLER stripe_fdw_handler OPTIONS (x 'create publication');
        end if;
      end $$;
      create server stripe foreign data wrapper "stripe; wrapper" options (api_key 'x');
      create publication everything for all tables;
      comment on extension plpgsql is 'PL/pgSQL procedural language';
      comment on extension pgcrypto is null;
      set session_replication_role = replica;
      create extension moddatetime with schema extensions;
      """)

    let owners = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.column(
        """
        select pg_get_userbyid(fdwowner)::text from pg_foreign_data_wrapper where fdwname like 'stripe%'
        union all select pg_get_userbyid(pubowner)::text from pg_publication where pubname = 'everything'
        union all select pg_get_userbyid(extowner)::text from pg_extension where extname = 'moddatetime'
        """)
    }

    #expect(owners == ["postgres", "postgres", "postgres"])
  }

  @Test("an event trigger fires for postgres, and never with the superuser's rights")
  func eventTrigger() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create table public.witness (tag text, who text, super boolean);
      create function public.watch() returns event_trigger language plpgsql as $$
      begin
        insert into public.witness values (tg_tag, current_user, current_setting('is_superuser')::boolean);
      end $$;
      create event trigger watcher on ddl_command_start execute function public.watch();
      create table public.t (id int);
      create extension citext;
      create extension vector;
      create extension wrappers;
      create foreign data wrapper w handler stripe_fdw_handler;
      create publication p for all tables;
      """,
      """
      alter event trigger watcher disable;
      create table public.unseen (id int);
      alter event trigger watcher enable;
      drop event trigger watcher;
      """)

    let rows = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.column("select distinct tag || ' ' || who || ' ' || super from public.witness order by 1")
    }

    #expect(rows.contains("CREATE TABLE postgres false"))
    #expect(rows.allSatisfy { $0?.hasSuffix(" postgres false") ?? false })
  }

  @Test("an event trigger that would fire always is refused")
  func eventTriggerAlways() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create function public.watch() returns event_trigger language plpgsql as 'begin end';
      create event trigger watcher on ddl_command_start execute function public.watch();
      alter event trigger watcher enable always;
      """)

    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
    }

    #expect(failure?.postgres?.sqlState == .insufficientPrivilege)
    #expect(failure?.position?.line == 3)
  }

  @Test(
    "postgres cannot have anything done with the superuser's rights by itself",
    arguments: [
      "call penstock_platform.as_superuser('', 'select 1')",
      "call penstock_platform.as_superuser(repeat('0', 64), 'alter role postgres superuser')",
      "select penstock_platform.seal('select 1')",
      "select pg_read_file('penstock_platform.key')",
      "select penstock_platform.hand_over('pg_class', 'relowner', 1, 'postgres')",
      "create function penstock_platform.seal(varchar) returns text language sql return 'x'",
      "alter role postgres superuser",
      "set role supabase_admin",
      "set session authorization supabase_admin",
      "drop event trigger penstock_before_extension_script",
      "copy (select 1) to program 'id'",
      "copy (select 1) to '/tmp/x'",
      "alter system set fsync = off",
    ])
  func refused(sql: String) async throws {
    let error = try await ShadowFixture.withSession { session in
      await #expect(throws: PostgresError.self) { try await session.execute(sql) }
    }

    #expect(error?.sqlState == .insufficientPrivilege)
  }

  @Test("a seal is good for its statement only")
  func seal() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create table public.seen (query text);
      create function public.watch() returns event_trigger language plpgsql as $$
      begin
        insert into public.seen values (current_query());
      end $$;
      create event trigger watcher on ddl_command_end execute function public.watch();
      create publication p for all tables;
      """)

    let error = try await ShadowFixture.withSession(.supabase, migrations) { session in
      let call =
        "call penstock_platform.as_superuser('\(String(repeating: "a", count: 64))', 'alter role postgres superuser')"
      return await #expect(throws: PostgresError.self) { try await session.execute(call) }
    }

    #expect(error?.sqlState == .insufficientPrivilege)
  }

  @Test("what newer servers, the platform's database name and stand-ins need is tolerated")
  func tolerances() async throws {
    let migrations = ShadowFixture.migrations(
      """
      SET transaction_timeout = 0;
      CREATE SCHEMA public;
      ALTER DATABASE postgres SET app.flavour TO '100% sweet';
      COMMENT ON DATABASE postgres IS 'the database';
      CREATE EXTENSION IF NOT EXISTS vector VERSION '0.7.4' SCHEMA extensions;
      CREATE TABLE public.documents (id bigint primary key, embedding vector(3));
      CREATE INDEX ON public.documents USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
      CREATE INDEX lists ON public.documents USING ivfflat (embedding vector_l2_ops) WITH (lists = 100);
      INSERT INTO public.documents VALUES (1, '[1,0,0]'), (2, '[0,1,0]');
      """)

    try await ShadowFixture.withShadow(.supabase, migrations) { shadow in
      let nearest = try await ShadowFixture.session(shadow.migrationRole) {
        try await $0.column("select id::text from public.documents order by embedding <=> '[0,2,0]' limit 1")
      }

      #expect(nearest == ["2"])
      #expect(shadow.emulated == ["vector"])
    }
  }

  @Test("a role of another project's shadow is not in the way")
  func strangersRole() async throws {
    let text = "create role penstock_test_stranger nologin; create table public.t (id int);"
    let holder = ShadowFixture.migrations(
      ShadowFixture.unique() + text + "grant select on public.t to penstock_test_stranger;")

    try await ShadowFixture.withShadow(.supabase, holder) { _ in
      let other = ShadowFixture.migrations(ShadowFixture.unique() + text, "drop role penstock_test_stranger;")
      try await ShadowFixture.withShadow(.supabase, other) { #expect($0.replayed == 2) }

      let twice = ShadowFixture.migrations(ShadowFixture.unique() + text, "create role penstock_test_stranger;")
      let failure = await #expect(throws: ApplyFailure.self) {
        try await ShadowFixture.withShadow(.supabase, twice) { _ in }
      }
      #expect(failure?.postgres?.sqlState == .duplicateObject)
    }
  }

  @Test("the platform's own logins step down to postgres, for good", arguments: [Profile.supabase, .postgres])
  func stepsDown(_ profile: Profile) async throws {
    let users = try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(profile.connection(to: shadow.superuser)) { session in
        _ = try await session.script("set role anon; reset all; reset role")
        return try await session.column("select current_user::text")
      }
    }

    #expect(users == [profile == .supabase ? "postgres" : "supabase_admin"])
  }

  @Test("gives roles what PostgreSQL before 16 lets only superusers give, and no superuser's role anything")
  func roleAttributes() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create user penstock_test_orm with password 'bypassrls' bypassrls createdb;
      grant penstock_test_orm to postgres;
      do $$
      begin
        if not exists (select from pg_roles where rolname = 'penstock_test_sync') then
          create role penstock_test_sync replication bypassrls login;
        end if;
        create role penstock_test_app;
        alter role penstock_test_app bypassrls;
      end $$;
      alter user penstock_test_orm with nobypassrls nocreatedb;
      """)

    let roles = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.column(
        """
        select concat_ws(' ', rolname, rolcanlogin, rolcreatedb, rolreplication, rolbypassrls)
        from pg_roles where rolname in ('penstock_test_orm', 'penstock_test_sync', 'penstock_test_app') order by 1
        """)
    }
    let altered = ShadowFixture.migrations("alter role supabase_admin nobypassrls;")
    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.supabase, altered) { _ in }
    }

    #expect(
      roles == [
        "penstock_test_app f f f t", "penstock_test_orm t f f f", "penstock_test_sync t f t t",
      ])
    #expect(failure?.postgres?.sqlState == .insufficientPrivilege)
  }

  @Test("moves extensions to another schema, also stand-ins, and none to where the superuser looks for names")
  func extensionSchema() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create extension pg_trgm;
      create extension vector;
      create table public.t (a vector(3), b text);
      create index on public.t using gin (b gin_trgm_ops);
      alter extension pg_trgm set schema extensions;
      do $$ begin alter extension vector set schema extensions; end $$;
      set search_path = '';
      select '[1,2,3]'::extensions.vector operator(extensions.<=>) '[1,2,4]';
      """)

    let schemas = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.column(
        """
        select extnamespace::regnamespace::text from pg_extension where extname in ('pg_trgm', 'vector')
        """)
    }

    #expect(schemas == ["extensions", "extensions"])
    for schema in ["pg_catalog", "penstock_platform"] {
      let migrations = ShadowFixture.migrations(
        "create extension pg_trgm; alter extension pg_trgm set schema \(schema);")
      let failure = await #expect(throws: ApplyFailure.self) {
        try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
      }
      #expect(failure?.postgres?.sqlState == .insufficientPrivilege)
    }
  }

  @Test("postgres may use postgres_fdw, and name the schema of an extension that the platform had")
  func extensionsAsThePlatformLeavesThem() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create extension postgres_fdw with schema extensions;
      create server other foreign data wrapper postgres_fdw options (host 'other.example.com');
      create extension if not exists "pgsodium" with schema "pgsodium";
      """)

    try await ShadowFixture.withShadow(.supabase, migrations) { #expect($0.emulated == ["pgsodium"]) }
  }

  @Test("says of an extension that this machine lacks how to get it")
  func unknownExtension() async throws {
    let migrations = ShadowFixture.migrations("create extension some_extension with schema extensions;")

    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
    }

    #expect(failure?.message.hasPrefix("the extension some_extension is not installed with this PostgreSQL") == true)
    #expect(failure?.postgres?.hint?.contains("-some-extension") == true)
  }

  @Test(
    "a wrapper whose functions are not an extension's own, or are postgres_fdw's, is not made for postgres",
    arguments: [
      "create foreign data wrapper w validator public.v;",
      "create foreign data wrapper w handler stripe_fdw_handler validator v;",
      "alter extension wrappers add function public.v(text[], oid); create foreign data wrapper w validator public.v;",
      "create foreign data wrapper w handler stripe_fdw_handler; alter foreign data wrapper w validator public.v;",
      "do $$ begin create foreign data wrapper w validator public.v; end $$;",
      "create foreign data wrapper w handler postgres_fdw_handler;",
      "create foreign data wrapper w handler postgres_fdw_handler validator stripe_fdw_validator;",
      "alter foreign data wrapper postgres_fdw no validator;",
      "alter foreign data wrapper postgres_fdw validator stripe_fdw_validator;",
    ])
  func hostileWrapper(_ sql: String) async throws {
    let migrations = ShadowFixture.migrations(
      """
      create extension wrappers;
      create extension postgres_fdw;
      create function public.v(text[], oid) returns void language plpgsql as $f$
      begin
        if current_setting('is_superuser') = 'on' then raise 'was called as %', current_user; end if;
      end $f$;
      """, sql)

    let failure = await #expect(throws: ApplyFailure.self) {
      try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
    }

    #expect(failure?.postgres?.sqlState == .insufficientPrivilege)
  }

  @Test("a wrapper of a stand-in has its validator, also where the migration names none or takes it away")
  func validatorOfStandIn() async throws {
    try await ShadowFixture.requireGrantsOnParameters()
    let migrations = ShadowFixture.migrations(
      """
      create extension wrappers with schema extensions;
      set session_replication_role = replica;
      create foreign data wrapper a handler stripe_fdw_handler;
      create foreign data wrapper b handler extensions.s3_fdw_handler validator extensions.s3_fdw_validator;
      alter foreign data wrapper b no validator options (x 'y');
      create table public.seen as select current_setting('session_replication_role') as role;
      set session_replication_role = origin;
      """)

    try await ShadowFixture.withSession(.supabase, migrations) { session in
      let validators = try await session.column(
        "select fdwvalidator::regproc::text from pg_foreign_data_wrapper where fdwname in ('a', 'b') order by fdwname")
      let role = try await session.column("select role from public.seen")
      #expect(validators == ["stripe_fdw_validator", "s3_fdw_validator"])
      #expect(role == ["replica"])

      try await session.execute("create server s foreign data wrapper a options (host '/tmp', api_key 'x')")
      let error = await #expect(throws: PostgresError.self) {
        try await session.execute(
          "create user mapping for postgres server s options (user 'supabase_admin', password_required 'false')")
      }
      #expect(error?.message.contains("password_required") == true)
    }
  }

  @Test(
    "postgres cannot connect back to the server as the superuser",
    arguments: [
      "select extensions.dblink_connect($1)", "select extensions.dblink_connect_u($1)",
      "select extensions.dblink_exec($1, 'alter role postgres superuser')",
      "select extensions.dblink_connect('loop')", "select * from public.loop",
      "select * from public.stand_in",
      "alter user mapping for postgres server loop options (add password_required 'false')",
      "alter server loop options (add password_required 'false')",
    ])
  func connectingBack(_ sql: String) async throws {
    let socket = try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(shadow.superuser) {
        try await $0.column("select current_setting('unix_socket_directories') || ' ' || current_setting('port')")
      }
    }
    let words = try #require(socket[0]).split(separator: " ").map(String.init)
    let migrations = ShadowFixture.migrations(
      """
      do $$ begin execute 'create extension dblink with schema extensions'; end $$;
      create extension postgres_fdw with schema extensions;
      create extension wrappers with schema extensions;
      create foreign data wrapper w handler stripe_fdw_handler;
      create server loop foreign data wrapper postgres_fdw
        options (host '\(words[0])', port '\(words[1])', dbname 'postgres');
      create user mapping for postgres server loop options (user 'supabase_admin', password 'x');
      create foreign table public.loop (rolname name) server loop options (schema_name 'pg_catalog', table_name 'pg_authid');
      create server stand_in foreign data wrapper w
        options (host '\(words[0])', port '\(words[1])', dbname 'postgres');
      create user mapping for postgres server stand_in options (user 'supabase_admin', password 'x');
      create foreign table public.stand_in (rolname name) server stand_in
        options (schema_name 'pg_catalog', table_name 'pg_authid');
      """)
    let target = "host=\(words[0]) port=\(words[1]) dbname=postgres user=supabase_admin password=x"

    let error = try await ShadowFixture.withSession(.supabase, migrations) { session in
      let said = sql.replacing("$1", with: "'\(target)'")
      return await #expect(throws: PostgresError.self) { try await session.execute(said) }
    }

    // 2F003: a password is required, and was not asked for.
    let states = ["2F003", "42501", "HV00D"]
    #expect(states.contains(error?.sqlState?.rawValue ?? ""), "\(String(describing: error))")
  }

  @Test("an extension that postgres does not own is not moved for it")
  func strangersExtension() async throws {
    try await ShadowFixture.withShadow { shadow in
      _ = try await ShadowFixture.session(shadow.superuser) {
        try await $0.execute("create extension citext with schema public")
      }
      let migration = ShadowFixture.migrations("alter extension citext set schema extensions;")[0]

      let failure = try await ShadowFixture.session(shadow.migrationRole) { session in
        await #expect(throws: ApplyFailure.self) {
          _ = try await Application(migration).apply(
            on: session, adaptation: shadow.adaptation, recording: .nothing)
        }
      }

      #expect(failure?.postgres?.sqlState == .insufficientPrivilege)
    }
  }

  @Test(
    "what a role may do is left to PostgreSQL where it is a role of the platform, oddly written, or PostgreSQL 16",
    arguments: [
      ("alter role authenticator bypassrls", 150_000), ("alter role supabase_auth_admin replication", 150_000),
      ("alter role pg_monitor bypassrls", 150_000), (#"alter role x "bypassrls""#, 150_000),
      ("alter role x bypassrls", 160_000), ("alter role x noreplication createdb", 180_000),
    ])
  func rolesLeftAlone(_ text: String, _ serverVersion: Int) async throws {
    let statement = try #require(try Script(Array("-- x\n\(text);".utf8)).statements.first)

    try await ShadowFixture.withShadow { shadow in
      #expect(shadow.adaptation.adapt(statement, serverVersion: serverVersion) == .send(text))
    }
  }
}
