-- Stands in for pg_cron: jobs are scheduled into its table, as there, and nobody runs them. What a role may do with the
-- table is what the platform leaves it: `postgres` reads it, and changes it through the functions.
-- version: 1.6.4
-- schema: pg_catalog
-- preloaded

do $$
begin
  if to_regnamespace('cron') is null then
    create schema cron;
  end if;
end
$$;

create sequence cron.jobid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default 5432,
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- Whether Vixie cron's parser takes a field: a list of `*`, of numbers and of ranges, with steps after the first and the
-- last only.
create function cron._takes(field text, low integer, high integer, names text default '^$') returns boolean
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  element text;
  part text[];
  number text;
begin
  foreach element in array string_to_array(field, ',') loop
    part := regexp_match(element, '^(?:(\*)|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:(/)([1-9]\d?(?!\d))?)?', 'i');
    if part is null or part[4] is not null and (
      part[1] is null and part[3] is null or part[5] is null or part[5]::integer > high)
    then
      return false;
    end if;
    foreach number in array array_remove(part[2:3], null) loop
      continue when number ~* names;
      if number !~ '^\d{1,4}$' then return false; end if;
      if number::integer not between low and high then return false; end if;
    end loop;
  end loop;
  return true;
end
$$;

-- Five fields, a name for them, or a number of seconds. On the platform as here a wrong one is an error, and what stands
-- behind the fifth is not read: `*/5 * * * * *` is every five minutes.
create function cron._check(schedule text) returns void language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  fields text[] := regexp_split_to_array(btrim(schedule, E' \t\n'), '[ \t]+');
  months constant text := '^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$';
  days constant text := '^(sun|mon|tue|wed|thu|fri|sat)$';
begin
  if schedule !~* '^\s*([1-9]|[1-5]\d)\s+seconds?\s*$'
    and fields[1] !~ '^@(reboot|restart|yearly|annually|monthly|weekly|daily|midnight|hourly)$'
    and not (
      cardinality(fields) >= 5 and cron._takes(fields[1], 0, 59) and cron._takes(fields[2], 0, 23)
      and (fields[3] = '$' or cron._takes(fields[3], 1, 31)) and cron._takes(fields[4], 1, 12, months)
      and cron._takes(fields[5], 0, 7, days))
  then
    raise exception using errcode = 'invalid_parameter_value', message = format('invalid schedule: %s', schedule),
      hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end
$$;

create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  id bigint;
begin
  perform cron._check(schedule_in_database.schedule);
  insert into cron.job as job (jobname, schedule, command, database, username, active)
  values (
    job_name, schedule_in_database.schedule, schedule_in_database.command,
    coalesce(schedule_in_database.database, current_database()), coalesce(schedule_in_database.username, session_user),
    schedule_in_database.active)
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database,
      active = excluded.active
  returning jobid into id;
  return id;
end
$$;

create function cron.schedule(schedule text, command text) returns bigint language sql as $$
  select cron.schedule_in_database(null, schedule, command, null)
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
  select cron.schedule_in_database(job_name, schedule, command, null)
$$;

create function cron.unschedule(job_id bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from cron.job where jobid = job_id;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_id;
  end if;
  return true;
end
$$;

create function cron.unschedule(job_name text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from cron.job where jobname = job_name and username = session_user;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_name;
  end if;
  return true;
end
$$;

create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  perform cron._check(alter_job.schedule);
  update cron.job set
    schedule = coalesce(alter_job.schedule, job.schedule),
    command = coalesce(alter_job.command, job.command),
    database = coalesce(alter_job.database, job.database),
    username = coalesce(alter_job.username, job.username),
    active = coalesce(alter_job.active, job.active)
  where jobid = job_id;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id;
  end if;
end
$$;

grant usage on schema cron to public;
grant usage on schema cron to postgres with grant option;
grant execute on all routines in schema cron to postgres with grant option;
-- No TRIGGER: the functions above change the first of them with the superuser's rights.
grant select on cron.job to public;
grant select on cron.job to postgres with grant option;
grant select, delete on cron.job_run_details to public;
grant select, insert, update, delete, truncate, references on cron.job_run_details to postgres with grant option;
grant usage, select on all sequences in schema cron to postgres with grant option;
