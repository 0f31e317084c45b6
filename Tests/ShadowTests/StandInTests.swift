import Migrations
import Postgres
import Shadow
import Testing

/// The extensions that the platform has and this machine may lack, as migrations use them.
@Suite("Stand-ins")
struct StandInTests {
  /// What the last of the migrations' statements answers, on a shadow after them.
  private func answers(_ text: String, to query: String, on profile: Profile = .supabase) async throws -> [String?] {
    try await ShadowFixture.withSession(profile, ShadowFixture.migrations(text)) { try await $0.column(query) }
  }

  @Test("places with PostGIS: columns with modifiers, indexes, distances, text and GeoJSON")
  func postgis() async throws {
    let found = try await answers(
      """
      create extension if not exists postgis with schema extensions;
      create table public.places (
        name text primary key,
        location geography(Point, 4326) not null,
        area extensions.geometry(Polygon, 4326),
        shape geometry
      );
      create index places_location on public.places using gist (location);
      create index places_area on public.places using gist (area);
      create index places_shape on public.places using gist (shape);
      create function public.nearby(lat float, long float) returns setof text language sql as $$
        select name from public.places
        where st_dwithin(location, st_point(long, lat)::geography, 5000)
        order by location <-> st_point(long, lat)::geography
      $$;
      insert into public.places values
        ('London', 'POINT(-0.1276 51.5072)', st_makeenvelope(0, 0, 1, 1, 4326), null),
        ('Paris', st_setsrid(st_makepoint(2.3522, 48.8566), 4326)::geography, null,
          '0101000020E6100000000000000000F03F0000000000000040');
      insert into public.places select 'p' || i, st_point(i / 10.0, 0, 4326)::geography, null, st_makepoint(i, i)
      from generate_series(1, 500) i;
      """,
      to: """
        select unnest(array[
          (select string_agg(n, ',') from public.nearby(51.5, -0.12) n),
          (select round(st_distance(a.location, b.location) / 1000)::text from public.places a, public.places b
            where a.name = 'London' and b.name = 'Paris'),
          (select st_asgeojson(location) from public.places where name = 'Paris'),
          (select st_astext(shape) || ' ' || st_srid(shape) from public.places where name = 'Paris'),
          (select st_contains(area, st_point(0.5, 0.5, 4326))::text from public.places where name = 'London'),
          (select st_y(st_geomfromgeojson('{"type":"Point","coordinates":[1.5,2]}'))::text)])
        """)

    #expect(
      found == [
        "London", "344", #"{"type":"Point","coordinates":[2.3522,48.8566]}"#, "POINT(1 2) 4326", "true", "2",
      ])
  }

  @Test("a geometry's long text goes into an index")
  func longGeometry() async throws {
    let found = try await answers(
      """
      create extension postgis;
      create table public.lines (line geometry(LineString));
      create index on public.lines using gist (line);
      insert into public.lines
      select format('LINESTRING(%s)', string_agg(i * 1.37 || ' ' || i * 2.11, ',')) from generate_series(1, 20000) i;
      """, to: "select st_npoints(line)::text from public.lines")

    #expect(found == ["20000"])
  }

  @Test("queues with pgmq: all ways to send, and what becomes of a message")
  func pgmq() async throws {
    let found = try await answers(
      """
      create extension if not exists pgmq version '1.4.4';
      select pgmq.create('jobs');
      select pgmq.create_unlogged('quick');
      select pgmq.send('jobs', '{"n": 1}'), pgmq.send('jobs', '{"n": 2}', 0), pgmq.send('jobs', '{"n": 3}', 600);
      select pgmq.send('jobs', '{"n": 4}'::jsonb, '{"h": 1}'::jsonb, 0);
      select pgmq.send_batch('jobs', array['{"n": 5}', '{"n": 6}']::jsonb[]);
      select pgmq.archive('jobs', array[1]), pgmq.delete('jobs', 2), pgmq.set_vt('jobs', 3, 0);
      alter table pgmq.q_jobs enable row level security;
      grant select on pgmq.a_jobs to authenticated;
      create or replace function pgmq.purge_queue(queue_name text) returns bigint language sql as 'select 0::bigint';
      """,
      to: """
        select headers::text from pgmq.read('jobs', 30, 10, '{"n": 4}')
        union all select queue_length || ' ' || total_messages || ' ' || queue_visible_length from pgmq.metrics('jobs')
        union all select string_agg(queue_name, ',' order by queue_name) from pgmq.list_queues()
        union all select count(*)::text from pgmq.a_jobs
        """)

    #expect(found == [#"{"h": 1}"#, "4 6 3", "jobs,quick", "1"])
  }

  @Test("jobs with pg_cron: scheduled, replaced and removed, by its functions only")
  func cron() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create extension if not exists pg_cron with schema extensions;
      grant usage on schema cron to postgres;
      grant all privileges on all tables in schema cron to postgres;
      select cron.schedule('nightly', '0 2 * * *', 'select 1');
      select cron.schedule('nightly', '30 seconds', 'select 2');
      select cron.schedule('hourly', '@hourly', 'select 3');
      select cron.unschedule('hourly');
      delete from cron.job_run_details where end_time < now();
      """)

    try await ShadowFixture.withSession(.supabase, migrations) { session in
      let found = try await session.column(
        """
        select schedule || command from cron.job
        union all select extnamespace::regnamespace::text from pg_extension where extname = 'pg_cron'
        """)

      #expect(found == ["30 secondsselect 2", "pg_catalog"])
      for refused in [
        "select cron.unschedule('hourly')", "select cron.schedule('x', 'whenever', 'select 1')",
        "delete from cron.job", "update cron.job set active = false",
        "create trigger t before insert on cron.job for each row execute function tsvector_update_trigger()",
      ] {
        await #expect(throws: PostgresError.self, "\(refused)") { try await session.execute(refused) }
      }
    }
  }

  @Test("a schedule is read as cron reads it: numbers within bounds, and nothing behind the fifth field")
  func cronSchedules() async throws {
    let migrations = ShadowFixture.migrations("create extension pg_cron;")

    try await ShadowFixture.withSession(.supabase, migrations) { session in
      for schedule in [
        "*/5 * * * * *", "0 8-18/2 1,15 jan-mar MON", "0 0 $ * *", "  0 3 * * 7  ", "@daily", "1 second", "59 seconds",
      ] {
        _ = try await session.column("select cron.schedule('\(schedule)', 'select 1')::text")
      }
      for schedule in [
        "* * * *", "60 * * * *", "0 24 * * *", "5/10 * * * *", "*/0 * * * *", "0 0 0 * *", "0 0 * * l", "jan * * * *",
        "@sometimes", "60 seconds", "0 seconds", "1 minute", "",
      ] {
        await #expect(throws: PostgresError.self, "\(schedule)") {
          try await session.execute("select cron.schedule('\(schedule)', 'select 1')")
        }
      }
    }
  }

  @Test("an operator of the session's search path is not what a function with the superuser's rights calls")
  func operators() async throws {
    let migrations = ShadowFixture.migrations(
      """
      create extension pg_cron;
      select cron.schedule('job', '* * * * *', 'select 1');
      create schema trap;
      create function trap.equal(bigint, bigint) returns boolean language plpgsql as $$
      begin
        raise exception 'called by %', current_user;
      end
      $$;
      create operator trap.= (leftarg = bigint, rightarg = bigint, function = trap.equal);
      set search_path = trap, pg_catalog;
      select cron.alter_job(jobid, active := false) from cron.job;
      select cron.unschedule(jobid) from cron.job;
      """)

    try await ShadowFixture.withShadow(.supabase, migrations) { _ in }
  }

  @Test("requests with pg_net are queued with the caller's rights")
  func net() async throws {
    let found = try await answers(
      """
      create extension if not exists pg_net;
      select net.http_post('https://example.com', '{}'), net.http_get(url := 'https://example.com');
      """,
      to: """
        select count(*)::text from net.http_request_queue
        union all
        select bool_or(prosecdef)::text from pg_proc where pronamespace = 'net'::regnamespace
        """)

    #expect(found == ["2", "false"])
  }

  @Test("assertions of pgTAP")
  func pgtap() async throws {
    let found = try await answers(
      """
      create extension pgtap with schema extensions;
      create table public.users (id int primary key, email text not null);
      create policy own on public.users for select using (true);
      """,
      to: """
        with lines (line) as (
          select unnest(array[
            plan(9), ok(true, 'a'), has_table('users'), has_table('public', 'users', 'there'), col_is_pk('users', 'id'),
            col_type_is('users', 'email', 'text'), throws_ok('select 1/0', '22012'),
            results_eq('values (1), (2)', array[1, 2]), policies_are('public', 'users', array['own']), is(1, 2, 'no')])
        )
        select substring(line from '^(?:not )?ok|^1..9') from lines union all select * from finish()
        """)

    #expect(
      found == ["1..9"] + Array(repeating: "ok", count: 8) + ["not ok", "# Looks like you failed 1 of 9 tests"])
  }

  @Test(
    "is made, used and dropped",
    arguments: [
      ("plpgsql_check", "select count(*)::text from pg_proc where proname = 'plpgsql_profiler_reset_all'", "1"),
      ("plv8", "select lanpltrusted::text from pg_language where lanname = 'plv8'", "true"),
      ("pgroonga", "select ('Hello world' &@~ 'world hello')::text", "true"),
      ("rum", "select (to_tsvector('a cat') @@ 'cat'::tsquery)::text", "true"),
      ("pg_partman", "select count(*)::text from part_config", "0"),
      ("postgis_topology", "select count(*)::text from topology.topology", "0"),
      ("postgis_raster", "select 'x'::raster::text", "x"),
      ("postgis_tiger_geocoder", "select (tiger.normalize_address('x') is null)::text", "true"),
      ("address_standardizer", "select (parse_address('1 Main St')).street", "1 Main St"),
      ("address_standardizer_data_us", "select count(*)::text from us_lex", "0"),
      ("pgrouting", "select pgr_version()", "3.4.1"), ("pgroonga_database", "select 'x'", "x"),
      ("pg_tle", "select pgtle.set_default_version('a', '1')::text", "true"),
      ("timescaledb", "select time_bucket('1 hour', '2026-01-01 10:20'::timestamp)::text", "2026-01-01 10:00:00"),
      ("vector", "select ('[1,2]'::vector <-> '[4,6]')::text", "5"),
      ("pgsodium", "select count(*)::text from pgsodium.key", "0"),
    ])
  func each(_ name: String, _ query: String, _ answer: String) async throws {
    let cascading = ShadowFixture.migrations("create extension if not exists \(name) with schema extensions cascade;")

    try await ShadowFixture.withSession(.supabase, cascading) { session in
      let found = try await session.column(query)
      try await session.execute("drop extension \(name) cascade")

      #expect(found == [answer])
    }
  }

  @Test("indexes of PGroonga, RUM and JavaScript's functions are made")
  func others() async throws {
    let found = try await answers(
      """
      create extension pgroonga; create extension rum; create extension plv8;
      create table public.notes (id bigint primary key, body text, tags varchar[], vector tsvector, at timestamptz);
      create index on public.notes using pgroonga (id, body, tags);
      create index on public.notes using pgroonga (body pgroonga_text_full_text_search_ops_v2)
        with (pages_per_range = 4);
      create index on public.notes using rum (vector rum_tsvector_ops);
      create function public.twice(n int) returns int language plv8 as $$ return n * 2; $$;
      insert into public.notes values (1, 'a cat', '{x}', to_tsvector('a cat'), now());
      """, to: "select count(*)::text from public.notes where vector @@ 'cat'")

    #expect(found == ["1"])
  }

  @Test("partitions of pg_partman take the rows")
  func partman() async throws {
    let found = try await answers(
      """
      create schema partman;
      create extension pg_partman schema partman;
      create table public.events (at timestamptz not null, what text) partition by range (at);
      select partman.create_parent('public.events', 'at', '1 day');
      update partman.part_config set retention = '30 days' where parent_table = 'public.events';
      insert into public.events values (now(), 'x');
      """, to: "select tableoid::regclass::text from public.events")

    #expect(found == ["events_default"])
  }

  @Test("one that has a schema of its own is in it, whatever the search path and the migration say")
  func schemas() async throws {
    let found = try await answers(
      """
      select pg_catalog.set_config('search_path', '', false);
      create extension if not exists pg_tle;
      create extension if not exists pgmq with schema extensions;
      create extension if not exists pg_cron with schema pg_catalog;
      drop extension supabase_vault cascade;
      create extension supabase_vault with schema vault;
      """,
      to: """
        select extname || ' ' || extnamespace::regnamespace from pg_extension
        where extname in ('pg_tle', 'pgmq', 'pg_cron', 'supabase_vault') order by 1
        """)

    #expect(found == ["pg_cron pg_catalog", "pg_tle pgtle", "pgmq pgmq", "supabase_vault vault"])
  }
}
