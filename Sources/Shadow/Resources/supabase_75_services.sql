-- Functions of the platform's smaller services: GraphQL's entrance, the connection pooler's look-up of a login, and
-- those that the platform's own event triggers call, which dumps of a whole project name. None of them does anything
-- here, and the event triggers are not here: a shadow has no API to tell of a new table.

create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null,
  extensions jsonb default null
) returns jsonb language sql as $$
  select graphql.resolve(
    query := query, variables := coalesce(variables, '{}'), "operationName" := "operationName",
    extensions := extensions)
$$;
grant execute on function graphql_public.graphql(text, text, jsonb, jsonb) to postgres, anon, authenticated, service_role;

create function pgbouncer.get_auth(p_usename text) returns table (username text, password text)
language sql stable set search_path = '' as $$ select null::text, null::text where false $$;
alter function pgbouncer.get_auth(text) owner to pgbouncer;
revoke all on function pgbouncer.get_auth(text) from public;

do $$
declare
  name text;
begin
  foreach name in array array[
    'grant_pg_cron_access', 'grant_pg_graphql_access', 'grant_pg_net_access', 'pgrst_ddl_watch', 'pgrst_drop_watch',
    'set_graphql_placeholder'
  ] loop
    execute format(
      'create function extensions.%1$I() returns event_trigger language plpgsql as $f$ begin end $f$;'
        ' alter function extensions.%1$I() owner to postgres', name);
  end loop;
end
$$;
