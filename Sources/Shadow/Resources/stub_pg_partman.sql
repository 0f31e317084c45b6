-- Stands in for pg_partman where Debian's package of it is not installed: what is to be partitioned is written down and
-- gets one partition that takes everything.
-- version: 5.3.1

create table @extschema@.part_config (
  parent_table text primary key,
  control text not null,
  partition_interval text not null,
  partition_type text not null default 'range',
  premake integer not null default 4,
  automatic_maintenance text not null default 'on',
  template_table text,
  retention text,
  retention_schema text,
  retention_keep_index boolean not null default true,
  retention_keep_table boolean not null default true,
  epoch text not null default 'none',
  constraint_cols text[],
  optimize_constraint integer not null default 30,
  infinite_time_partitions boolean not null default false,
  datetime_string text,
  jobmon boolean not null default true,
  sub_partition_set_full boolean not null default false,
  undo_in_progress boolean not null default false,
  inherit_privileges boolean not null default false,
  constraint_valid boolean not null default true,
  ignore_default_data boolean not null default true,
  date_trunc_interval text,
  default_table boolean not null default true,
  maintenance_order integer,
  retention_keep_publication boolean not null default false,
  maintenance_last_run timestamptz
);

create function @extschema@.create_parent(
  p_parent_table text, p_control text, p_interval text, p_type text default 'range', p_epoch text default 'none',
  p_premake integer default 4, p_start_partition text default null, p_default_table boolean default true,
  p_automatic_maintenance text default 'on', p_constraint_cols text[] default null, p_template_table text default null,
  p_jobmon boolean default true, p_date_trunc_interval text default null
) returns boolean language plpgsql as $$
declare
  parent regclass := p_parent_table;
  parts text[] := parse_ident(p_parent_table);
begin
  if (select relkind from pg_catalog.pg_class where oid = parent) <> 'p' then
    raise exception 'the table % is not partitioned', p_parent_table;
  end if;
  insert into @extschema@.part_config (
    parent_table, control, partition_interval, partition_type, premake, epoch, automatic_maintenance, constraint_cols,
    template_table, default_table
  ) values (
    p_parent_table, p_control, p_interval, p_type, p_premake, p_epoch, p_automatic_maintenance, p_constraint_cols,
    p_template_table, p_default_table);
  execute format('create table if not exists %s partition of %s default',
    concat_ws('.', quote_ident(parts[cardinality(parts) - 1]), quote_ident(parts[cardinality(parts)] || '_default')),
    parent);
  return true;
end
$$;
create function @extschema@.run_maintenance(
  p_parent_table text default null, p_analyze boolean default false, p_jobmon boolean default true
) returns void language sql as $$ $$;
create procedure @extschema@.run_maintenance_proc(
  p_wait integer default 0, p_analyze boolean default null, p_jobmon boolean default true
) language sql as $$ $$;
create procedure @extschema@.partition_data_proc(
  p_parent_table text, p_loop_count integer default null, p_interval text default null, p_lock_wait integer default 0
) language sql as $$ $$;
create function @extschema@.partition_data_time(p_parent_table text, p_batch_count integer default 1) returns bigint
  language sql return 0;
create function @extschema@.partition_data_id(p_parent_table text, p_batch_count integer default 1) returns bigint
  language sql return 0;
create function @extschema@.drop_partition_time(p_parent_table text, p_retention interval default null) returns integer
  language sql return 0;
create function @extschema@.show_partitions(p_parent_table text, p_order text default 'ASC')
returns table (partition_schemaname text, partition_tablename text) language sql stable as $$
  select n.nspname, c.relname from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where i.inhparent = p_parent_table::regclass
$$;

-- The platform lets the role of the migrations run and configure it.
do $$
declare
  owner regrole := (select datdba from pg_database where datname = current_database());
begin
  execute format('grant usage, create on schema @extschema@ to %s', owner);
  execute format('grant select, insert, update, delete on @extschema@.part_config to %s', owner);
end
$$;
