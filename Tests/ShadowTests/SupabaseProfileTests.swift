import Migrations
import Postgres
import Shadow
import Testing

@Suite("The supabase profile")
struct SupabaseProfileTests {
  @Test(
    "has the platform's roles with their attributes",
    arguments: [
      ("postgres", "login createdb createrole replication bypassrls"),
      ("anon", ""),
      ("authenticated", ""),
      ("service_role", "bypassrls"),
      ("authenticator", "login"),
      ("supabase_auth_admin", "login createrole"),
      ("supabase_admin", "superuser login createdb createrole replication bypassrls"),
    ])
  func roles(name: String, attributes: String) async throws {
    let found = try await ShadowFixture.withSession { session in
      try await session.column(
        """
        select concat_ws(' ',
          case when rolsuper then 'superuser' end, case when rolcanlogin then 'login' end,
          case when rolcreatedb then 'createdb' end, case when rolcreaterole then 'createrole' end,
          case when rolreplication then 'replication' end, case when rolbypassrls then 'bypassrls' end)
        from pg_roles where rolname = '\(name)'
        """)
    }

    #expect(found == [attributes])
  }

  @Test("gives the API's roles the platform's statement timeouts")
  func timeouts() async throws {
    let settings = try await ShadowFixture.withSession { session in
      try await session.column(
        """
        select rolname || ' ' || array_to_string(rolconfig, ',') from pg_roles
        where rolname in ('anon', 'authenticated') order by rolname
        """)
    }

    #expect(settings == ["anon statement_timeout=3s", "authenticated statement_timeout=8s"])
  }

  @Test("runs migrations as postgres, who owns the database, is no superuser, and finds extensions")
  func migrationRole() async throws {
    let facts = try await ShadowFixture.withSession { session in
      try await session.column(
        """
        select unnest(array[
          current_user::text, current_setting('is_superuser'), current_setting('search_path'),
          (select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()),
          (uuid_generate_v4() is not null and crypt('x', gen_salt('md5')) is not null)::text])
        """)
    }

    #expect(facts == ["postgres", "off", #""$user",public,extensions"#, "postgres", "true"])
  }

  @Test("auth.uid(), role(), email() and jwt() read the claims of the transaction")
  func claims() async throws {
    let id = "0d9b2f6e-6f0c-4d1c-9c4b-0f2b8d2f3a11"

    let answers = try await ShadowFixture.withSession { session in
      try await session.execute(
        "select set_config('request.jwt.claims', $1, false)",
        [#"{"sub": "\#(id)", "role": "authenticated", "email": "a@b.c", "aal": "aal2"}"#])
      return try await session.column(
        """
        select unnest(array[auth.uid()::text, auth.role(), auth.email(), auth.jwt() ->> 'aal'])
        """)
    }
    let older = try await ShadowFixture.withSession { session in
      try await session.execute("select set_config('request.jwt.claim.sub', $1, false)", [id])
      return try await session.column("select auth.uid()::text")
    }

    #expect(answers == [id, "authenticated", "a@b.c", "aal2"])
    #expect(older == [id])
  }

  @Test("auth.uid() and jwt() are null without claims and with empty ones")
  func noClaims() async throws {
    let answers = try await ShadowFixture.withSession { session in
      let before = try await session.column("select unnest(array[auth.uid()::text, auth.jwt()::text, auth.role()])")
      try await session.execute("select set_config('request.jwt.claims', '', false)")
      return try await before + session.column("select unnest(array[auth.uid()::text, auth.jwt()::text, auth.role()])")
    }

    #expect(answers == [nil, nil, nil, nil, nil, nil])
  }

  @Test("a policy with auth.uid() shows each user only their own rows")
  func policy() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create table public.invoices (
        id uuid primary key default gen_random_uuid(),
        user_id uuid not null references auth.users (id) on delete cascade,
        created_at timestamptz not null default now()
      );
      alter table public.invoices enable row level security;
      create policy "own invoices" on public.invoices for select to authenticated using (auth.uid() = user_id);
      """)
    let mine = "00000000-0000-4000-8000-000000000001"
    let other = "00000000-0000-4000-8000-000000000002"

    let seen = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.script(
        """
        insert into auth.users (id) values ('\(mine)'), ('\(other)');
        insert into public.invoices (user_id) values ('\(mine)'), ('\(other)'), ('\(other)');
        set role authenticated;
        select set_config('request.jwt.claims', '{"sub": "\(mine)", "role": "authenticated"}', false);
        """)
      let asUser = try await session.column("select user_id::text from public.invoices")
      try await session.script("reset role; set role anon")
      let asAnonymous = try await session.column("select count(*)::text from public.invoices")
      try await session.script("reset role; set role service_role")
      return try await asUser + asAnonymous + session.column("select count(*)::text from public.invoices")
    }

    #expect(seen == [mine, "0", "3"])
  }

  @Test("new tables, sequences and functions of postgres in public are open to the API's roles")
  func defaultPrivileges() async throws {
    let privileges = try await ShadowFixture.withSession { session in
      try await session.script(
        """
        create table public.t (id bigserial primary key);
        create function public.f() returns int language sql return 1;
        """)
      return try await session.column(
        """
        select concat_ws(' ', role, has_table_privilege(role, 't', 'insert'),
          has_sequence_privilege(role, 't_id_seq', 'usage'), has_function_privilege(role, 'f()', 'execute'))
        from unnest(array['anon', 'authenticated', 'service_role']) as role
        """)
    }

    #expect(privileges == ["anon t t t", "authenticated t t t", "service_role t t t"])
  }

  @Test("the functions of storage take paths apart, and its tables have row level security on")
  func storage() async throws {
    let answers = try await ShadowFixture.withSession { session in
      try await session.script("create policy p on storage.objects for select to anon using (bucket_id = 'a');")
      return try await session.column(
        """
        select unnest(array[
          storage.foldername('a/b/c.tar.gz')::text, storage.filename('a/b/c.tar.gz'), storage.extension('a/b/c.tar.gz'),
          (select relrowsecurity::text from pg_class where oid = 'storage.objects'::regclass)])
        """)
    }

    #expect(answers == ["{a,b}", "c.tar.gz", "gz", "true"])
  }

  @Test("secrets of the vault come back decrypted, and the realtime publication takes tables")
  func vaultAndRealtime() async throws {
    let answers = try await ShadowFixture.withSession { session in
      try await session.script(
        """
        select vault.create_secret('hush', 'key');
        create table public.t (id int primary key);
        alter publication supabase_realtime add table public.t;
        create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'x');
        """)
      return try await session.column(
        """
        select decrypted_secret from vault.decrypted_secrets where name = 'key'
        union all select tablename::text from pg_publication_tables where pubname = 'supabase_realtime'
        """)
    }

    #expect(answers == ["hush", "t"])
  }

  @Test("the postgres profile has none of it, and the same role")
  func plain() async throws {
    let answers = try await ShadowFixture.withSession(.postgres) { session in
      try await session.script("create extension moddatetime; create extension pgcrypto;")
      return try await session.column(
        """
        select unnest(array[
          current_user::text, current_setting('is_superuser'), current_setting('search_path'),
          to_regnamespace('auth')::text, to_regnamespace('extensions')::text])
        """)
    }

    #expect(answers == ["postgres", "off", #""$user",public"#, nil, nil])
  }

  @Test("two profiles have two digests")
  func digests() {
    #expect(Profile.supabase.digest != Profile.postgres.digest)
    #expect(Profile.supabase.digest == Profile.supabase.digest)
  }

  @Test("takes what the CLI writes when it has compared the platform's own schemas")
  func platformNoise() async throws {
    let migrations = ShadowFixture.migrations(
      """
      drop trigger if exists "objects_delete_delete_prefix" on "storage"."objects";
      CREATE TRIGGER objects_delete_delete_prefix AFTER DELETE ON storage.objects FOR EACH ROW
        EXECUTE FUNCTION storage.delete_prefix_hierarchy_trigger();
      CREATE TRIGGER objects_insert_create_prefix BEFORE INSERT ON storage.objects FOR EACH ROW
        EXECUTE FUNCTION storage.objects_insert_prefix_trigger();
      CREATE TRIGGER objects_update_create_prefix BEFORE UPDATE ON storage.objects FOR EACH ROW
        WHEN (((new.name <> old.name) OR (new.bucket_id <> old.bucket_id)))
        EXECUTE FUNCTION storage.objects_update_prefix_trigger();
      CREATE TRIGGER prefixes_create_hierarchy BEFORE INSERT ON storage.prefixes FOR EACH ROW
        WHEN ((pg_trigger_depth() < 1)) EXECUTE FUNCTION storage.prefixes_insert_trigger();
      CREATE TRIGGER enforce_bucket_name_length_trigger BEFORE INSERT OR UPDATE OF name ON storage.buckets
        FOR EACH ROW EXECUTE FUNCTION storage.enforce_bucket_name_length();
      CREATE TRIGGER protect_buckets_delete BEFORE DELETE ON storage.buckets FOR EACH STATEMENT
        EXECUTE FUNCTION storage.protect_delete();
      CREATE TRIGGER tr_check_filters BEFORE INSERT OR UPDATE ON realtime.subscription FOR EACH ROW
        EXECUTE FUNCTION realtime.subscription_check_filters();
      revoke delete on table "storage"."iceberg_tables" from "anon";
      insert into storage.buckets (id, name) values ('a', 'a');
      insert into storage.objects (bucket_id, name) values ('a', 'x/y.png');
      delete from storage.objects;
      delete from storage.buckets;
      """)

    try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
  }

  @Test("has the auth service's later tables, on which it puts no row level security")
  func authTables() async throws {
    let count = try await ShadowFixture.withSession { session in
      try await session.column(
        """
        select count(*)::text from pg_class
        where relnamespace = 'auth'::regnamespace and relkind = 'r' and not relrowsecurity
          and relname in ('oauth_clients', 'oauth_authorizations', 'oauth_consents', 'oauth_client_states',
            'custom_oauth_providers', 'webauthn_credentials', 'webauthn_challenges')
        """)
    }

    #expect(count == ["7"])
  }

  @Test("has the four functions of auth to the letter, as migrations compare them")
  func bodies() async throws {
    let sums = try await ShadowFixture.withSession { session in
      try await session.column(
        """
        select proname || ' ' || md5(prosrc) from pg_proc
        where pronamespace = 'auth'::regnamespace and proname in ('uid', 'role', 'email', 'jwt') order by proname
        """)
    }

    #expect(
      sums == [
        "email d83fa9609bbd5e95512922e407b4141d", "jwt 2db09c3fc855ba90e71d3ae28cfadae3",
        "role f31486fed08a7402e89d4aa71b0ad273", "uid cdef18c69c4f4cbbced2eaf81e628b49",
      ])
  }

  @Test("has what migrations name of storage, realtime, GraphQL and the platform's event triggers")
  func services() async throws {
    let migrations = ShadowFixture.migrations(
      """
      insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
      values ('avatars', 'avatars', true, 1024, '{image/png}') on conflict (id) do update set public = excluded.public;
      insert into storage.objects (bucket_id, name, is_versioned) values ('avatars', 'a/b.png', false);
      create policy mine on storage.objects for select using (
        storage.allow_any_operation(array['object.get']) or (storage.foldername(name))[1] = auth.uid()::text);
      drop policy if exists mine on storage.objects;
      select * from storage.search_v2('a/', 'avatars');
      select * from storage.list_objects_with_delimiter('avatars', '', '/');
      grant usage on schema storage, realtime to service_role;
      select realtime.send('{}', 'event', 'topic', true), realtime.send_binary('x', 'event', 'topic');
      select graphql_public.graphql(query := '{ a }');
      alter function extensions.pgrst_ddl_watch() owner to postgres;
      create or replace function extensions.grant_pg_cron_access() returns event_trigger language plpgsql as 'begin end';
      create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = ''
        as 'begin return new; end';
      create trigger on_auth_user_created after insert on auth.users
        for each row execute function public.handle_new_user();
      drop trigger if exists on_auth_user_created on auth.users;
      alter role authenticator set pgrst.db_schemas = 'public, api';
      alter database postgres set app.settings.x = 'y';
      """)

    try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
  }

  @Test("takes the privilege MAINTAIN of PostgreSQL 17 as the server can")
  func maintain() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create table public.t (id int);
      revoke all on table public.t from anon;
      GRANT SELECT, REFERENCES, MAINTAIN, UPDATE ON TABLE public.t TO anon;
      grant maintain on table public.t to anon;
      revoke maintain, update on table public.t from anon;
      alter default privileges in schema public grant select, maintain on tables to anon;
      """)

    let granted = try await ShadowFixture.withSession(.supabase, migrations) { session in
      try await session.column(
        """
        select string_agg(privilege_type, ',' order by privilege_type)
        from information_schema.table_privileges where table_name = 't' and grantee = 'anon'
          and privilege_type <> 'MAINTAIN'
        """)
    }

    #expect(granted == ["REFERENCES,SELECT"])
  }
}
