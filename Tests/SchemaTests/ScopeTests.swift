import Testing

@testable import Schema

@Suite("A scope")
struct ScopeTests {
  @Test("leaves out PostgreSQL's own schemas, the migrations' tables, and the members of extensions")
  func outOfScope() async throws {
    try await withSchema { schema in
      let difference = try await schema.difference(
        """
        create schema supabase_migrations;
        create table supabase_migrations.schema_migrations (version text primary key);
        create schema penstock;
        create table penstock.deployments (id int);
        create extension citext;
        create extension hstore;
        """)

      #expect(
        difference.added.map(\.id.description) == [
          "extension citext", "comment on extension citext", "extension hstore", "comment on extension hstore",
        ])
    }
  }

  @Test("sees a platform's extensions, versions and publications only where there is no platform")
  func platformObjects() async throws {
    let change = """
      create schema extensions;
      create extension pgcrypto schema extensions version '1.3';
      create extension citext schema extensions version '1.5';
      create publication supabase_realtime;
      create publication supabase_realtime_messages_publication;
      alter default privileges for role supabase_admin grant select on tables to anon;
      alter default privileges for role service_role grant select on tables to anon;
      """
    try await withSchema { schema in
      let supabase = try await schema.snapshot(.supabase)
      let postgres = try await schema.snapshot(.postgres)
      try await schema.run(change)

      let managed = Difference(from: supabase, to: try await schema.snapshot(.supabase))
      let plain = Difference(from: postgres, to: try await schema.snapshot(.postgres))

      #expect(
        managed.lines == [
          "+ extension citext", "+ publication supabase_realtime",
          "+ default privileges of service_role on tables: anon: SELECT; service_role: ALL",
        ])
      #expect(plain.lines.contains("+ extension citext 1.5"))
      #expect(plain.lines.contains("+ extension pgcrypto 1.3"))
      #expect(plain.lines.contains("+ publication supabase_realtime_messages_publication"))
      #expect(
        plain.lines.contains("+ default privileges of supabase_admin on tables: anon: SELECT; supabase_admin: ALL"))
    }
  }

  @Test("lets in what users add to a platform's tables, and not what the platform has there")
  func managedTables() async throws {
    let platform = """
      create schema auth;
      create schema storage;
      create table auth.users (id uuid primary key);
      create table storage.objects (id uuid primary key, owner uuid);
      create function storage.touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger platforms before update on storage.objects for each row execute function storage.touch();
      create function public.new_user() returns trigger language plpgsql as 'begin return new; end';
      """
    try await withSchema(platform) { schema in
      let difference = try await schema.difference(
        """
        create policy mine on storage.objects for select to authenticated using (owner is not null);
        comment on policy mine on storage.objects is 'Own files';
        create trigger users after insert on auth.users for each row execute function public.new_user();
        create index on storage.objects (owner);
        create trigger platforms_too before insert on storage.objects for each row execute function storage.touch();
        alter table auth.users add email text;
        grant select on auth.users to anon;
        """, scope: .supabase)

      #expect(
        difference.lines == [
          "~ table auth.users",
          "    + trigger users AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.new_user()",
          "~ table storage.objects",
          "    + policy mine for SELECT to authenticated using (owner IS NOT NULL)",
          "    + comment on policy mine: Own files",
        ])
      #expect(
        difference.summary == ["+ trigger users on auth.users", "+ policy mine on storage.objects"]
          + ["+ comment on mine on storage.objects"])
    }
  }

  @Test("has every schema that Supabase's command line leaves out of a dump")
  func managedSchemas() async throws {
    let names = ["_timescaledb_internal", "auth", "cron", "pgmq", "realtime", "storage", "vault"]
    let sql = names.map { "create schema \($0); create table \($0).t (id int);" }.joined()

    let snapshot = try await snapshot(of: sql, scope: .supabase)

    #expect(Set(snapshot.facts.map(\.id.object.schema)).isSubset(of: ["public", nil]))
    #expect(!snapshot.facts.contains { names.contains($0.id.object.name) })
  }
}
