import FoundationEssentials
import Migrations
import Postgres
import Shadow
import Testing

/// What a migration may try that is none of its business: each way out is refused or bounded, and what comes after it
/// is as if it had not been tried.
@Suite("A stranger's SQL")
struct SafetyTests {
  /// Each on a session of its own, in one transaction where the statements allow it.
  private static let refused = [
    // Programs and files
    "copy (select 1) to program 'id'",
    "grant pg_execute_server_program to postgres",
    "grant pg_write_server_files to postgres; copy (select 1) to '/tmp/penstock-escape'",
    "grant pg_read_server_files to postgres; copy t from '/etc/passwd'",
    "create role penstock_test_escape in role pg_execute_server_program",
    "create role penstock_test_escape; grant pg_write_server_files to penstock_test_escape",
    "create role penstock_test_escape; grant penstock_test_escape to pg_monitor; grant pg_read_server_files to public",
    "alter group pg_read_server_files add user postgres",
    "copy t from '/etc/passwd'", "copy t to '/tmp/penstock-escape'",
    "select pg_read_file('postgresql.conf')", "select pg_read_binary_file('penstock_platform.key')",
    "select pg_stat_file('postgresql.conf')", "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')", "select lo_export(lo_from_bytea(0, 'x'), '/tmp/penstock-escape')",
    "create extension file_fdw", "create extension adminpack", "create extension pageinspect",
    "set log_directory = '/tmp'", "create tablespace escape location '/tmp'",
    // Code
    "load 'plpgsql_escape'", "create function f() returns int language c as 'libc.so.6', 'getpid'",
    "create function f() returns text language internal as 'pg_read_file_all'",
    "create language escape handler plpgsql_call_handler", "create extension plperlu", "create extension plpython3u",
    "create access method escape type index handler bthandler", "create type escape (input = textin, output = textout)",
    "create operator class escape for type int using btree as function 1 hashint4(int)",
    "create cast (text as int) without function",
    "alter role postgres set session_preload_libraries = 'escape'", "set session_preload_libraries = 'escape'",
    // The server
    "alter system set fsync = on", "select pg_reload_conf()", "select pg_switch_wal()", "select pg_rotate_logfile()",
    "select pg_create_restore_point('x')", "select pg_backup_start('x')", "select pg_promote()", "checkpoint",
    "select pg_replication_origin_create('x')", "begin; create table p (); prepare transaction 'x'",
    "set temp_file_limit = -1",
    "set max_stack_depth = '100MB'", "set allow_system_table_mods = on", "set zero_damaged_pages = on",
    "create subscription s connection 'host=203.0.113.1' publication p with (connect = false)",
    // Roles
    "set session authorization supabase_admin", "set role supabase_admin", "grant supabase_admin to postgres",
    "alter role postgres superuser", "create role penstock_test_escape superuser",
    "alter role supabase_admin nosuperuser", "alter role supabase_admin password 'x'",
    "alter role supabase_admin rename to x", "alter role supabase_admin set search_path = public",
    "alter role all set search_path = public", "drop role supabase_admin",
    "reassign owned by supabase_admin to postgres", "drop owned by supabase_admin",
    "alter default privileges for role supabase_admin grant all on tables to postgres",
    "alter role postgres nologin", "alter role postgres connection limit 0",
    "alter role postgres valid until '2000-1-1'",
    "select rolpassword from pg_authid",
    // What is Penstock's
    "create table penstock_platform.t ()", "drop schema penstock_platform cascade",
    "alter schema penstock_platform rename to x", "create table pg_catalog.t ()",
    "create or replace function pg_catalog.lower(text) returns text language sql as 'select $1'",
    "alter function pg_catalog.lower(text) owner to postgres", "update pg_proc set prosecdef = true",
    "create trigger t before insert on penstock_platform.known_role execute function suppress_redundant_updates_trigger()",
    "alter table penstock_platform.known_role disable row level security",
    "drop event trigger penstock_after_extension_script", "begin; lock table pg_catalog.pg_authid",
    "begin; lock table pg_catalog.pg_database in access exclusive mode",
  ]

  @Test("reaches no program, file, library, setting of the server or right of the superuser")
  func refusals() async throws {
    try await ShadowFixture.withShadow { shadow in
      _ = try await ShadowFixture.session(shadow.migrationRole) { try await $0.execute("create table t (a text)") }
      let isOld = try await ServerBinaries.best().major < 15
      for var sql in Self.refused {
        if isOld { sql.replace("pg_backup_start", with: "pg_start_backup") }
        let error = try await ShadowFixture.session(shadow.migrationRole) { session in
          await #expect(throws: PostgresError.self, "\(sql)") { try await session.script(sql) }
        }
        // 22023: a library or a role that is reserved. 0A000, 55000, 58P01: not on this server. 55P02, 42704: no such thing.
        let states = ["42501", "42939", "22023", "0A000", "55000", "58P01", "42704", "25001", "55P02", "0LP01"]
        #expect(states.contains(error?.sqlState?.rawValue ?? ""), "\(sql): \(String(describing: error))")
      }
      #expect(!FileManager.default.fileExists(atPath: "/tmp/penstock-escape"))
      try await expectHealth(of: shadow)
    }
  }

  @Test("what the owner of a database sets for its sessions does not hold for the superuser's")
  func databaseSettings() async throws {
    let trap = """
      create schema trap;
      grant usage on schema trap to public;
      create function trap.set_config(text, text, boolean) returns text language plpgsql as $f$
      begin
        if current_setting('is_superuser') = 'on' then alter role postgres superuser; end if;
        return pg_catalog.set_config($1, $2, $3);
      end $f$;
      create function trap.is_same(name, name) returns boolean language plpgsql as $f$
      begin
        if current_setting('is_superuser') = 'on' then alter role postgres superuser; end if;
        return true;
      end $f$;
      create operator trap.= (leftarg = name, rightarg = name, function = trap.is_same);
      create table trap.pg_extension (extname name);
      do $$ begin
        execute format('alter database %I set search_path = trap, pg_catalog', current_database());
        execute format('alter database %I set local_preload_libraries = not_there', current_database());
        execute format('alter database %I set default_transaction_read_only = on', current_database());
        execute format('alter database %I set role = anon', current_database());
      end $$;
      """

    try await ShadowFixture.withShadow { shadow in
      _ = try await ShadowFixture.session(shadow.migrationRole) { try await $0.script(trap) }

      let facts = try await ShadowFixture.session(shadow.superuser) { session in
        try await session.execute("select set_config('search_path', '', true)")
        return try await session.column(
          """
          select current_setting('is_superuser') || ' ' || count(*) from pg_extension
          where extname = 'plpgsql'::name union all select rolsuper::text from pg_roles where rolname = 'postgres'
          """)
      }
      #expect(facts == ["on 1", "false"])
    }
  }

  @Test(
    "a database is dropped, whatever its owner has made of it",
    arguments: [
      "do $$ begin execute format('alter database %I is_template true', current_database()); end $$;",
      "do $$ begin execute format('alter database %I connection limit 0', current_database()); end $$;",
      "do $$ begin execute format('alter database %I owner to anon', current_database()); end $$;",
      "select pg_create_logical_replication_slot('penstock_test_' || substr(md5(random()::text), 1, 8), 'test_decoding');",
      "select lo_create(4711);",
      """
      create function public.no() returns event_trigger language plpgsql as $f$ begin raise 'no'; end $f$;
      create event trigger no_start on ddl_command_start execute function public.no();
      create event trigger no_drop on sql_drop execute function public.no();
      """,
    ])
  func dropped(_ sql: String) async throws {
    let server = try await ShadowFixture.server()
    let shadow = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations(ShadowFixture.unique() + sql))
    _ = try await ShadowFixture.session(shadow.superuser) {
      try await $0.script("create table public.late (a int); drop table public.late")
    }

    try await server.release(shadow)

    try await ShadowFixture.withShadow { next in
      let left = try await ShadowFixture.session(next.superuser) { session in
        try await session.column("select datname::text from pg_database where datname = '\(shadow.name)'")
      }
      #expect(left == [])
      try await expectHealth(of: next)
    }
  }

  @Test("databases and replication slots that a migration made go with its shadow")
  func strangers() async throws {
    let mark = UInt32.random(in: 0...UInt32.max)
    let names = ["penstock_test_\(mark)", "state_\(mark)"]
    // Its own, because any shadow's end would do away with them.
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let shadow = try await server.reset(platform: Platform(.supabase), migrations: [])
    try await ShadowFixture.session(shadow.migrationRole) { session in
      for name in names { try await session.execute("create database \(name)") }
      try await session.execute("alter database \(names[0]) is_template true")
      try await session.execute("select pg_create_physical_replication_slot('penstock_test_\(mark)', true)")
    }

    try await server.release(shadow)

    let left = try await ShadowFixture.session(shadow.superuser.with(database: "postgres")) { session in
      try await session.column(
        """
        select datname::text from pg_database where datname in ('\(names[0])', '\(names[1])')
        union all select slot_name::text from pg_replication_slots
        """)
    }
    #expect(left == [])
    try await server.stop()
  }

  @Test("a database that a migration has named like a state is not taken for it")
  func forgedState() async throws {
    let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table public.t (a int);")
    let server = try await ShadowFixture.server()
    let name = try await ShadowFixture.withShadow(.supabase, migrations) { shadow in
      try await ShadowFixture.session(shadow.superuser.with(database: "postgres")) { session in
        let name = try #require(
          try await session.column("select name from penstock.state order by last_used desc limit 1")[0])
        // As if the state had not been made yet when the migration did this.
        try await session.script("drop database if exists \(name) with (force)")
        try await session.execute("create database \(name) owner postgres template template0")
        return name
      }
    }

    let shadow = try await server.reset(platform: Platform(.supabase), migrations: migrations)
    let facts = try await ShadowFixture.session(shadow.superuser) { session in
      try await session.column(
        """
        select to_regclass('public.t')::text
        union all select pg_get_userbyid(datdba)::text from pg_database where datname = '\(name)'
        """)
    }
    try await server.release(shadow)

    #expect(facts.first == "public.t" || facts.first == "t")
  }

  @Test("advisory locks and notifications of a migration are its database's own")
  func locks() async throws {
    try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(shadow.migrationRole) { session in
        try await session.script(
          """
          do $$ begin
            for key in 0..2000 loop perform pg_advisory_lock(1346719315, key); end loop;
            perform pg_advisory_lock(hashtextextended(current_database(), 0));
          end $$;
          listen flood;
          do $$ begin for n in 1..20000 loop perform pg_notify('flood', repeat('x', 100) || n); end loop; end $$;
          """)
        // The cache takes its own locks meanwhile.
        let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "select 1;")
        try await ShadowFixture.withShadow(.supabase, migrations) { try await expectHealth(of: $0) }
      }
    }
  }

  @Test("notifications that nobody has read are gone with the migration that sent them")
  func notifications() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best(), sizeLimit: 16 << 20))
    let flood = ShadowFixture.migrations(
      "listen flood; select pg_notify('flood', repeat('x', 7900) || n) from generate_series(1, 4000) n;")

    // It may be over before it is noticed that it is too much.
    if let shadow = try? await server.reset(platform: Platform(.supabase), migrations: flood) {
      try await server.release(shadow)
    }

    let next = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create table public.t (a int);"))
    let usage = try await ShadowFixture.session(next.superuser) {
      try await $0.column("select pg_notification_queue_usage()::text")
    }
    try await server.stop()
    #expect(usage == ["0"])
  }

  @Test(
    "whatever a migration makes of its own role, the next run is clean", .timeLimit(.minutes(2)),
    arguments: Profile.allCases)
  func ownRole(_ profile: Profile) async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let changes = [
      "set role = 'pg_monitor'", "set statement_timeout = '1ms'", "set default_transaction_read_only = on",
      "set search_path = nowhere", "nologin", "connection limit 0", "valid until '2000-1-1'", "noinherit",
    ]

    var clean: [String?] = []
    for change in [nil] + changes.map(Optional.some) {
      if let change {
        let spoiled = ShadowFixture.migrations("alter role \(Profile.migrationRole) \(change);")
        // Some of it the platform refuses, and says so.
        if let shadow = try? await server.reset(platform: Platform(profile), migrations: spoiled) {
          try await server.release(shadow)
        }
      }
      let migrations = ShadowFixture.migrations(ShadowFixture.unique() + "create table public.t (a int);")
      let next = try await server.reset(platform: Platform(profile), migrations: migrations)
      let facts = try await ShadowFixture.session(next.migrationRole) { session in
        try await session.execute("insert into public.t values (1)")
        return try await session.column(
          """
          select concat_ws(' ', current_user, current_setting('statement_timeout'), current_setting('search_path'),
            rolcanlogin, rolconnlimit, rolvaliduntil, rolinherit)
          from pg_roles where rolname = current_user
          """)
      }
      try await server.release(next)
      if change == nil { clean = facts }
      #expect(facts == clean, "after alter role postgres \(change ?? "")")
    }
    try await server.stop()
  }

  @Test("postgres cannot end or cancel the superuser's sessions, also as a member of pg_signal_backend")
  func signals() async throws {
    try await ShadowFixture.withShadow { shadow in
      let error = try await ShadowFixture.session(shadow.migrationRole) { session in
        await #expect(throws: PostgresError.self) {
          try await session.script(
            """
            begin;
            grant pg_signal_backend to postgres;
            select pg_terminate_backend(pid) from pg_stat_activity where usename = 'supabase_admin';
            """)
        }
      }
      #expect(error?.sqlState == .insufficientPrivilege)
    }
  }

  /// A shadow whose rights are as they should be, and a server that can still make one.
  private func expectHealth(of shadow: ShadowDatabase) async throws {
    let facts = try await ShadowFixture.session(shadow.superuser) { session in
      try await session.column(
        """
        select concat_ws(' ', rolsuper, rolcanlogin) from pg_roles where rolname = 'postgres'
        union all
        select m.member::regrole::text from pg_auth_members m join pg_roles r on r.oid = m.roleid where r.rolsuper
        """)
    }
    #expect(facts == ["f t"])
    let next = ShadowFixture.migrations(ShadowFixture.unique() + "create table public.next (a int);")
    try await ShadowFixture.withShadow(.supabase, next) { #expect($0.replayed == 1) }
  }
}
