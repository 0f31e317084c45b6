-- Stands in for timescaledb: a hypertable stays an ordinary table, and policies are accepted and forgotten.
-- version: 2.16.1
-- preloaded

create function create_hypertable(
  relation regclass, time_column_name name, partitioning_column name default null,
  number_partitions integer default null, chunk_time_interval anyelement default null::interval,
  if_not_exists boolean default false, migrate_data boolean default false
) returns table (hypertable_id integer, schema_name name, table_name name, created boolean) language sql as $$
  select 1, n.nspname, c.relname, true
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = relation
$$;
create function time_bucket(bucket_width interval, ts timestamptz) returns timestamptz
  language sql immutable strict parallel safe return date_bin(bucket_width, ts, '2000-01-03');
create function time_bucket(bucket_width interval, ts timestamp) returns timestamp
  language sql immutable strict parallel safe return date_bin(bucket_width, ts, '2000-01-03');
create function time_bucket(bucket_width interval, ts date) returns date
  language sql immutable strict parallel safe return date_bin(bucket_width, ts, '2000-01-03')::date;
create function add_retention_policy(relation regclass, drop_after interval, if_not_exists boolean default false)
returns integer language sql as $$ select 1 $$;
create function add_compression_policy(hypertable regclass, compress_after interval, if_not_exists boolean default false)
returns integer language sql as $$ select 1 $$;
