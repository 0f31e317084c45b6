-- Stands in for wrappers: the handlers and validators of its foreign data wrappers. Foreign servers and tables can be
-- made; a query of a foreign table fails, as it would without a network.
--
-- The handlers are postgres_fdw's, which would connect wherever the options say. So the validators refuse the option
-- that lets it connect without a password, as postgres_fdw's own does: nothing here asks for a password.
-- version: 0.5.0

do $$
declare
  wrapper text;
begin
  foreach wrapper in array array[
    'stripe', 'airtable', 'auth0', 'big_query', 'clickhouse', 'click_house', 'cognito', 'duckdb', 'firebase',
    'iceberg', 'logflare', 'mssql', 'notion', 'paddle', 'redis', 's3', 's3_vectors', 'snowflake', 'wasm',
    'hello_world'
  ] loop
    execute format(
      'create function %I() returns fdw_handler language c strict
        as ''$libdir/postgres_fdw'', ''postgres_fdw_handler''',
      wrapper || '_fdw_handler');
    execute format(
      $function$
      create function %I(options text[], catalog oid) returns void
      language plpgsql immutable set search_path = pg_catalog as $body$
      begin
        if exists (select from unnest(options) o where starts_with(o, 'password_required=')) then
          raise exception using errcode = 'fdw_invalid_option_name', message = 'invalid option "password_required"';
        end if;
      end
      $body$
      $function$,
      wrapper || '_fdw_validator');
  end loop;
end
$$;

create foreign data wrapper wasm_wrapper handler wasm_fdw_handler validator wasm_fdw_validator;
grant usage on foreign data wrapper wasm_wrapper to postgres with grant option;

create table wrappers_fdw_stats (
  fdw_name text primary key,
  create_times bigint,
  rows_in bigint,
  rows_out bigint,
  bytes_in bigint,
  bytes_out bigint,
  metadata jsonb,
  created_at timestamptz not null default timezone('utc', now()),
  updated_at timestamptz not null default timezone('utc', now())
);
