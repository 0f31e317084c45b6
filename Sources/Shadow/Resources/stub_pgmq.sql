-- Stands in for pgmq: a queue is two tables, and they are really made, because migrations put policies and grants on
-- them. Messages can be sent, read, moved and counted, with the functions of its documentation.
-- version: 1.5.1
-- schema: pgmq

create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
create type pgmq.metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer, total_messages bigint,
  scrape_time timestamptz, queue_visible_length bigint);

create function pgmq.validate_queue_name(queue_name text) returns void language plpgsql as $$
begin
  if length(queue_name) > 47 then
    raise exception 'queue name is too long, maximum length is 47 characters';
  end if;
end
$$;

create function pgmq.format_table_name(queue_name text, prefix text) returns text language plpgsql as $$
begin
  if queue_name ~ '\$|;|--|''' then
    raise exception 'queue name contains invalid characters: $, ;, --, or ''';
  end if;
  return lower(prefix || '_' || queue_name);
end
$$;

create function pgmq.acquire_queue_lock(queue_name text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || queue_name));
end
$$;

-- Making a queue.

create function pgmq._make_queue(queue_name text, kind text, suffix text) returns void language plpgsql as $$
begin
  perform pgmq.validate_queue_name(queue_name);
  perform pgmq.acquire_queue_lock(queue_name);
  execute format(
    'create %s table if not exists pgmq.%I (msg_id bigint generated always as identity,'
      ' read_ct integer not null default 0, enqueued_at timestamptz not null default now(),'
      ' vt timestamptz not null, message jsonb, headers jsonb%s)%s',
    kind, pgmq.format_table_name(queue_name, 'q'), case when suffix = '' then ', primary key (msg_id)' end, suffix);
  execute format(
    'create table if not exists pgmq.%I (msg_id bigint primary key, read_ct integer not null default 0,'
      ' enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),'
      ' vt timestamptz not null, message jsonb, headers jsonb)', pgmq.format_table_name(queue_name, 'a'));
  execute format('create index if not exists %I on pgmq.%I (vt asc)',
    pgmq.format_table_name(queue_name, 'q') || '_vt_idx', pgmq.format_table_name(queue_name, 'q'));
  execute format('create index if not exists %I on pgmq.%I (archived_at)',
    'archived_at_idx_' || lower(queue_name), pgmq.format_table_name(queue_name, 'a'));
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged) values (queue_name, suffix <> '', kind = 'unlogged')
  on conflict do nothing;
end
$$;

create function pgmq.create_non_partitioned(queue_name text) returns void language plpgsql as $$
begin
  perform pgmq._make_queue(queue_name, '', '');
end
$$;

create function pgmq.create(queue_name text) returns void language plpgsql as $$
begin
  perform pgmq._make_queue(queue_name, '', '');
end
$$;

create function pgmq.create_unlogged(queue_name text) returns void language plpgsql as $$
begin
  perform pgmq._make_queue(queue_name, 'unlogged', '');
end
$$;

-- One partition that takes everything, where pg_partman would make some.
create function pgmq.create_partitioned(
  queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void language plpgsql as $$
begin
  if not exists (select from pg_extension where extname = 'pg_partman') then
    raise exception 'pg_partman is required for partitioned queues';
  end if;
  perform pgmq._make_queue(queue_name, '', ' partition by range ('
    || case when partition_interval ~ '^\d+$' then 'msg_id' else 'enqueued_at' end || ')');
  execute format('create table if not exists pgmq.%I partition of pgmq.%I default',
    pgmq.format_table_name(queue_name, 'q') || '_default', pgmq.format_table_name(queue_name, 'q'));
end
$$;

create function pgmq.convert_archive_partitioned(
  table_name text, partition_interval text default '10000', retention_interval text default '100000',
  leading_partition integer default 10
) returns void language plpgsql as $$
begin
  raise notice 'the archive of % stays one table on a shadow', table_name;
end
$$;

create function pgmq.detach_archive(queue_name text) returns void language plpgsql as $$ begin end $$;

create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $$
#variable_conflict use_variable
begin
  perform pgmq.acquire_queue_lock(queue_name);
  execute format('drop table if exists pgmq.%I, pgmq.%I',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a'));
  delete from pgmq.meta m where m.queue_name = queue_name;
  return found;
end
$$;
create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean language plpgsql as $$
begin
  return pgmq.drop_queue(queue_name);
end
$$;

create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  purged bigint;
begin
  execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  get diagnostics purged = row_count;
  return purged;
end
$$;

create function pgmq.list_queues() returns setof pgmq.queue_record language plpgsql as $$
begin
  return query select m.queue_name, m.is_partitioned, m.is_unlogged, m.created_at from pgmq.meta m;
end
$$;

create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language plpgsql as $$
declare
  result pgmq.metrics_result;
begin
  execute format(
    'select $1, count(*), extract(epoch from now() - max(enqueued_at))::integer,'
      ' extract(epoch from now() - min(enqueued_at))::integer,'
      ' (select case when is_called then last_value else 0 end from pgmq.%2$I), now(),'
      ' count(*) filter (where vt <= now()) from pgmq.%1$I',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'q') || '_msg_id_seq')
    into result using queue_name;
  return result;
end
$$;

create function pgmq.metrics_all() returns setof pgmq.metrics_result language plpgsql as $$
begin
  return query select (pgmq.metrics(m.queue_name)).* from pgmq.meta m;
end
$$;

-- Sending. The function with all arguments does it, the others leave some of them out.

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers)'
      ' select $3, m, h from unnest($1, coalesce($2, array_fill(null::jsonb, array[cardinality($1)]))) as pairs (m, h)'
      ' returning msg_id', pgmq.format_table_name(queue_name, 'q')) using msgs, headers, delay;
end
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay integer)
returns setof bigint language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, headers, clock_timestamp() + make_interval(secs => delay))
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz) returns setof bigint language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, null, delay)
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer) returns setof bigint language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, null, clock_timestamp() + make_interval(secs => delay))
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[]) returns setof bigint language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, headers, clock_timestamp())
$$;
create function pgmq.send_batch(queue_name text, msgs jsonb[]) returns setof bigint language sql as $$
  select * from pgmq.send_batch(queue_name, msgs, null, clock_timestamp())
$$;

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], array[headers], delay) $$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], array[headers], delay) $$;
create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], null, delay) $$;
create function pgmq.send(queue_name text, msg jsonb, delay integer) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], null, delay) $$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], array[headers], 0) $$;
create function pgmq.send(queue_name text, msg jsonb) returns setof bigint
language sql as $$ select * from pgmq.send_batch(queue_name, array[msg], null, 0) $$;

-- Reading, and what becomes of a message then.

create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%1$I q set vt = clock_timestamp() + make_interval(secs => $1), read_ct = read_ct + 1'
      ' from (select msg_id from pgmq.%1$I where vt <= clock_timestamp() and ($3 = ''{}'' or message @> $3)'
      '   order by msg_id limit $2 for update skip locked) as due'
      ' where q.msg_id = due.msg_id returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers',
    pgmq.format_table_name(queue_name, 'q')) using vt, qty, conditional;
end
$$;

-- Nobody else sends to a shadow: there is nothing to wait for.
create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100,
  conditional jsonb default '{}'
) returns setof pgmq.message_record language plpgsql as $$
begin
  return query select * from pgmq.read(queue_name, vt, qty, conditional);
end
$$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I where msg_id = (select msg_id from pgmq.%1$I where vt <= clock_timestamp()'
      ' order by msg_id limit 1 for update skip locked)'
      ' returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'));
end
$$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I set vt = clock_timestamp() + make_interval(secs => $2) where msg_id = $1'
      ' returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'))
    using msg_id, vt;
end
$$;

create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format('delete from pgmq.%I where msg_id = any ($1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')) using msg_ids;
end
$$;
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
  perform pgmq.delete(queue_name, array[msg_id]);
  return found;
end
$$;

create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'with gone as ('
      '   delete from pgmq.%I where msg_id = any ($1) returning msg_id, vt, read_ct, enqueued_at, message, headers)'
      ' insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message, headers) select * from gone returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')) using msg_ids;
end
$$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
  perform pgmq.archive(queue_name, array[msg_id]);
  return found;
end
$$;

-- The platform hands all of it to the role of the migrations, who may then replace its functions.
do $$
declare
  owner regrole := (select datdba from pg_database where datname = current_database());
  member record;
begin
  execute format('alter schema pgmq owner to %s', owner);
  for member in
    select p.oid::regprocedure as function from pg_proc p where p.pronamespace = 'pgmq'::regnamespace
  loop
    execute format('alter function %s owner to %s', member.function, owner);
  end loop;
  execute format('alter table pgmq.meta owner to %s', owner);
  execute format('alter type pgmq.message_record owner to %s', owner);
  execute format('alter type pgmq.queue_record owner to %s', owner);
  execute format('alter type pgmq.metrics_result owner to %s', owner);
end
$$;
