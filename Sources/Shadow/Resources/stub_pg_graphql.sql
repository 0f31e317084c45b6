-- Stands in for pg_graphql: the functions that it has in schema `graphql`, which answer that there is no GraphQL here.
-- version: 1.5.11
-- schema: graphql

create function graphql.resolve(
  query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null
) returns jsonb language sql as $$
  select jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('message', 'a shadow has no GraphQL')))
$$;
create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable as $$
  select coalesce((regexp_match(comment_, '@graphql\((.+)\)'))[1], '{}')::jsonb
$$;
create sequence graphql.seq_schema_version as integer cycle;
create function graphql.get_schema_version() returns integer language sql security definer
set search_path = pg_catalog, pg_temp as $$
  select last_value::integer from graphql.seq_schema_version
$$;
create function graphql.increment_schema_version() returns event_trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_catalog.nextval('graphql.seq_schema_version');
end
$$;
create function graphql.exception(message text) returns text language plpgsql as $$
begin
  raise exception using errcode = '22000', message = message;
end
$$;
