-- What the API's roles may do with objects that are yet to come: in `public` everything that `postgres` (migrations)
-- or `supabase_admin` (the dashboard, long ago) creates is open to them, and row level security is what protects it.
-- The platform is about to end this for new tables; a target's own default privileges are the truth where there is
-- a target.

do $$
declare
  creator text;
  kind text;
begin
  foreach creator in array array['postgres', 'supabase_admin'] loop
    foreach kind in array array['tables', 'sequences', 'routines'] loop
      execute format(
        'alter default privileges for role %I in schema public grant all on %s'
          ' to postgres, anon, authenticated, service_role', creator, kind);
    end loop;
  end loop;
  foreach kind in array array['tables', 'sequences', 'routines'] loop
    execute format(
      'alter default privileges for role supabase_admin in schema graphql grant all on %s'
        ' to postgres, anon, authenticated, service_role', kind);
    execute format(
      'alter default privileges for role supabase_admin in schema graphql_public grant all on %s'
        ' to postgres, anon, authenticated, service_role', kind);
    execute format(
      'alter default privileges for role supabase_admin in schema realtime grant all on %s'
        ' to postgres, dashboard_user', kind);
    execute format(
      'alter default privileges for role supabase_admin in schema supabase_functions grant all on %s'
        ' to postgres, anon, authenticated, service_role', kind);
  end loop;
end
$$;
