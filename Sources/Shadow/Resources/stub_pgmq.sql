-- Stands in for pgmq: a queue is two tables, and they are really made, because migrations put policies and grants on
-- them. Messages can be sent, read and archived.

do $$
begin
  if to_regnamespace('pgmq') is null then
    create schema pgmq;
  end if;
end
$$;

create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);

create function pgmq.create_queue_tables(queue_name text, unlogged boolean) returns void language plpgsql as $$
begin
  execute format(
    'create %s table if not exists pgmq.%I (msg_id bigint primary key generated always as identity,'
      ' read_ct integer not null default 0, enqueued_at timestamptz not null default now(),'
      ' vt timestamptz not null, message jsonb)',
    case when unlogged then 'unlogged' else '' end, 'q_' || lower(queue_name));
  execute format(
    'create table if not exists pgmq.%I (msg_id bigint primary key, read_ct integer not null default 0,'
      ' enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),'
      ' vt timestamptz not null, message jsonb)', 'a_' || lower(queue_name));
  execute format('create index if not exists %I on pgmq.%I (vt)',
    'q_' || lower(queue_name) || '_vt_idx', 'q_' || lower(queue_name));
  insert into pgmq.meta values (queue_name, false, unlogged) on conflict do nothing;
end
$$;
create function pgmq.create(queue_name text) returns void language sql as $$
  select pgmq.create_queue_tables(queue_name, false)
$$;
create function pgmq.create_non_partitioned(queue_name text) returns void language sql as $$
  select pgmq.create_queue_tables(queue_name, false)
$$;
create function pgmq.create_unlogged(queue_name text) returns void language sql as $$
  select pgmq.create_queue_tables(queue_name, true)
$$;

create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $$
begin
  execute format('drop table if exists pgmq.%I, pgmq.%I', 'q_' || lower(queue_name), 'a_' || lower(queue_name));
  delete from pgmq.meta where meta.queue_name = drop_queue.queue_name;
  return found;
end
$$;

create function pgmq.list_queues() returns setof pgmq.queue_record language sql as $$
  select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta
$$;

create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint
language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message) values (clock_timestamp() + make_interval(secs => $1), $2) returning msg_id',
    'q_' || lower(queue_name)) using delay, msg;
end
$$;

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint
language sql as $$
  select pgmq.send(queue_name, msg, delay) from unnest(msgs) as msg
$$;

create function pgmq.read(queue_name text, vt integer, qty integer) returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%1$I q set vt = clock_timestamp() + make_interval(secs => $1), read_ct = read_ct + 1'
      ' from (select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit $2'
      '   for update skip locked) as due'
      ' where q.msg_id = due.msg_id returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message',
    'q_' || lower(queue_name)) using vt, qty;
end
$$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I where msg_id = (select msg_id from pgmq.%1$I where vt <= clock_timestamp()'
      ' order by msg_id limit 1 for update skip locked) returning msg_id, read_ct, enqueued_at, vt, message',
    'q_' || lower(queue_name));
end
$$;

create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
declare
  deleted bigint;
begin
  execute format('delete from pgmq.%I where msg_id = $1 returning msg_id', 'q_' || lower(queue_name))
    into deleted using msg_id;
  return deleted is not null;
end
$$;

create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
declare
  archived bigint;
begin
  execute format(
    'with gone as (delete from pgmq.%I where msg_id = $1 returning msg_id, vt, read_ct, enqueued_at, message)'
      ' insert into pgmq.%I (msg_id, vt, read_ct, enqueued_at, message) select * from gone returning msg_id',
    'q_' || lower(queue_name), 'a_' || lower(queue_name)) into archived using msg_id;
  return archived is not null;
end
$$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I set vt = clock_timestamp() + make_interval(secs => $2) where msg_id = $1'
      ' returning msg_id, read_ct, enqueued_at, vt, message', 'q_' || lower(queue_name)) using msg_id, vt;
end
$$;

create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  purged bigint;
begin
  execute format('delete from pgmq.%I', 'q_' || lower(queue_name));
  get diagnostics purged = row_count;
  return purged;
end
$$;

-- The platform hands the schema to `postgres`, who then owns the queues that it makes.
grant all on schema pgmq to postgres with grant option;
grant all on all tables in schema pgmq to postgres with grant option;
grant all on all routines in schema pgmq to postgres with grant option;
