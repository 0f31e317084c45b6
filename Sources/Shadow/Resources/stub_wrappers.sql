-- Stands in for wrappers: the handlers and validators of its foreign data wrappers. Foreign servers and tables can be
-- made; a query of a foreign table fails, as it would without a network.

create function stripe_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function stripe_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function airtable_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function airtable_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function auth0_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function auth0_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function big_query_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function big_query_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function clickhouse_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function clickhouse_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function click_house_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function click_house_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function cognito_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function cognito_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function duckdb_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function duckdb_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function firebase_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function firebase_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function iceberg_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function iceberg_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function logflare_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function logflare_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function mssql_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function mssql_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function notion_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function notion_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function paddle_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function paddle_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function redis_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function redis_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function s3_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function s3_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function s3_vectors_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function s3_vectors_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function snowflake_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function snowflake_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function wasm_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function wasm_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';
create function hello_world_fdw_handler() returns fdw_handler language c strict
  as '$libdir/postgres_fdw', 'postgres_fdw_handler';
create function hello_world_fdw_validator(options text[], catalog oid) returns void
  language plpgsql immutable as 'begin end';

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
