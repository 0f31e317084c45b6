-- What the hosted platform lets `postgres` do although it is no superuser, and what a migration role may that is a
-- superuser on its target, done on its behalf.
--
-- Penstock decides from the syntax tree which statements may (PlatformAdaptation.swift) and sends each of them as
-- `CALL penstock_platform.as_superuser(seal, statement)`. The seal is a keyed hash of the statement, so that a
-- migration that learns one can only repeat what was already allowed. The key is a file in the data directory,
-- which only a superuser can read; it is in no table, so no database and no template holds it.
--
-- The migration role, named by the setting `penstock.migration_role` while this runs, is `postgres` or may do what
-- `postgres` may, unless nobody stands behind it (`penstock.backing`). Later it is known as the owner of the database.

do $$
declare
  migration_role name := current_setting('penstock.migration_role');
  granted name;
begin
  if migration_role = 'postgres' or current_setting('penstock.backing') = 'nobody' then
    return;
  end if;
  if not pg_has_role('postgres', migration_role, 'member') then
    execute format('grant postgres to %I with admin option', migration_role);
    return;
  end if;
  -- On the target `postgres` is a member of it, and both at once would be a circle.
  for granted in
    select pg_get_userbyid(roleid) from pg_auth_members
    where member = 'postgres'::regrole and pg_get_userbyid(roleid) <> migration_role
  loop
    execute format('grant %I to %I with admin option', granted, migration_role);
  end loop;
end
$$;

create schema penstock_platform;
revoke all on schema penstock_platform from public;

create function penstock_platform.seal(statement text) returns text
language sql stable set search_path = pg_catalog
as $$
  select encode(sha256(key || sha256(key || convert_to(statement, 'UTF8'))), 'hex')
  from pg_read_binary_file('penstock_platform.key') as key
$$;
revoke all on function penstock_platform.seal(text) from public;

-- Makes `owner` the recorded owner of an object of a per-database catalog that has no ALTER ... OWNER TO for it.
create function penstock_platform.hand_over(catalog regclass, owner_column name, object oid, owner regrole)
returns void language plpgsql set search_path = pg_catalog
as $$
begin
  execute format('update %s set %I = $2 where oid = $1', catalog, owner_column) using object, owner;
  delete from pg_shdepend
  where deptype = 'o' and classid = catalog and objid = object
    and dbid = (select oid from pg_database where datname = current_database());
  insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
  select oid, catalog, object, 0, 'pg_authid'::regclass, owner, 'o'
  from pg_database where datname = current_database();
end
$$;
revoke all on function penstock_platform.hand_over(regclass, name, oid, regrole) from public;

-- How many superusers there are, and how many roles may become one: the same after whatever is done on behalf.
create function penstock_platform.superuser_count() returns bigint
language sql stable set search_path = pg_catalog
as $$
  select (select count(*) from pg_authid where rolsuper)
    + (select count(*) from pg_auth_members m join pg_authid r on r.oid = m.roleid where r.rolsuper)
$$;
revoke all on function penstock_platform.superuser_count() from public;

-- Event triggers of a migration stay the superuser's: their owner could make them fire always, and then a function
-- of the migration would run with the superuser's rights whenever the superuser creates something.
-- No `set search_path`: the statement's names mean what they mean where it stands.
create procedure penstock_platform.as_superuser(seal text, statement text)
language plpgsql security definer
as $$
#variable_conflict use_variable
declare
  migration_role pg_catalog.regrole := (select d.datdba from pg_catalog.pg_database d
    where d.datname operator(pg_catalog.=) pg_catalog.current_database());
  replication_role text := pg_catalog.current_setting('session_replication_role');
  superusers bigint := penstock_platform.superuser_count();
  wrapper record;
  publication record;
begin
  if seal operator(pg_catalog.<>) penstock_platform.seal(statement) then
    raise exception using errcode = 'insufficient_privilege', message = 'this statement was not allowed by Penstock';
  end if;

  perform pg_catalog.set_config('session_replication_role', 'replica', true);
  execute statement;
  perform pg_catalog.set_config('session_replication_role', replication_role, true);

  if superusers operator(pg_catalog.<>) penstock_platform.superuser_count() then
    raise exception using errcode = 'insufficient_privilege', message = 'nobody becomes a superuser on a shadow';
  end if;
  if exists (select from pg_catalog.pg_event_trigger t
    where t.evtenabled operator(pg_catalog.=) any (array['A', 'R']::"char"[])
      and t.evtname operator(pg_catalog.!~) '^penstock_')
  then
    raise exception using errcode = 'insufficient_privilege',
      message = 'an event trigger of a migration may not be enabled ALWAYS or REPLICA on a shadow';
  end if;

  for wrapper in select w.oid, w.fdwname from pg_catalog.pg_foreign_data_wrapper w
    where w.fdwowner operator(pg_catalog.=) current_user::pg_catalog.regrole
      and not exists (select from pg_catalog.pg_depend d
        where d.classid operator(pg_catalog.=) 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
          and d.objid operator(pg_catalog.=) w.oid and d.deptype operator(pg_catalog.=) 'e')
  loop
    perform penstock_platform.hand_over('pg_catalog.pg_foreign_data_wrapper', 'fdwowner', wrapper.oid, migration_role);
  end loop;
  for publication in select p.oid from pg_catalog.pg_publication p
    where p.pubowner operator(pg_catalog.=) current_user::pg_catalog.regrole
  loop
    perform penstock_platform.hand_over('pg_catalog.pg_publication', 'pubowner', publication.oid, migration_role);
  end loop;
end
$$;
revoke all on procedure penstock_platform.as_superuser(text, text) from public;

-- The statements below are what a seal is for, where more than the statement's kind decides: the sealed statement is
-- `select penstock_platform.change_...(...)`. They, too, leave the search path alone.

-- PostgreSQL calls a validator with the rights of whoever creates or alters the wrapper, and a handler with no
-- validator takes any option, also those that only superusers may give.
create function penstock_platform.is_wrapper_function(function oid) returns boolean
language sql stable set search_path = pg_catalog
as $$
  -- Not what the migration role has added to an extension, and nothing whose text it could change.
  select exists (
    select from pg_proc p
    join pg_roles r on r.oid = p.proowner and r.rolsuper
    join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
    where p.oid = function and e.extname <> 'postgres_fdw')
$$;
revoke all on function penstock_platform.is_wrapper_function(oid) from public;

-- A wrapper without a validator gets that of its handler: of the same extension and called like it.
create function penstock_platform.check_wrapper(wrapper_name name) returns void
language plpgsql set search_path = pg_catalog
as $$
declare
  wrapper pg_foreign_data_wrapper;
begin
  select * into wrapper from pg_foreign_data_wrapper w where w.fdwname = wrapper_name;
  if wrapper.fdwhandler <> 0 and wrapper.fdwvalidator = 0 then
    update pg_foreign_data_wrapper w set fdwvalidator = v.oid
    from pg_proc h, pg_proc v
    where w.oid = wrapper.oid and h.oid = w.fdwhandler and v.oid = to_regprocedure(format(
        '%s.%I(text[], oid)', h.pronamespace::regnamespace, regexp_replace(h.proname, '_handler$', '_validator')))
      and penstock_platform.is_wrapper_function(v.oid)
    returning w.* into wrapper;
    if not found then
      raise exception using errcode = 'insufficient_privilege',
        message = format('the foreign-data wrapper "%s" needs a validator of its extension on a shadow', wrapper_name);
    end if;
  end if;
  if exists (
    select from unnest(array[wrapper.fdwhandler, wrapper.fdwvalidator]) function
    where function <> 0 and not penstock_platform.is_wrapper_function(function))
  then
    raise exception using errcode = 'insufficient_privilege',
      message = format('permission denied to change foreign-data wrapper "%s"', wrapper_name),
      hint = 'Its handler and validator must be those of an extension, and not of postgres_fdw.';
  end if;
end
$$;
revoke all on function penstock_platform.check_wrapper(name) from public;

-- The functions as the statement names them; null for none.
create function penstock_platform.change_wrapper(wrapper_name name, handler text, validator text, statement text)
returns void language plpgsql
as $$
#variable_conflict use_variable
declare
  function pg_catalog.oid;
begin
  perform penstock_platform.check_wrapper(wrapper_name);
  foreach function in array array[
    pg_catalog.to_regprocedure(handler operator(pg_catalog.||) '()')::pg_catalog.oid,
    pg_catalog.to_regprocedure(
      validator operator(pg_catalog.||) '(pg_catalog.text[], pg_catalog.oid)')::pg_catalog.oid]
  loop
    -- A function that is not there is for PostgreSQL to complain of.
    if function is not null and not penstock_platform.is_wrapper_function(function) then
      raise exception using errcode = 'insufficient_privilege',
        message = pg_catalog.format('permission denied to change foreign-data wrapper "%s"', wrapper_name),
        hint = 'Its handler and validator must be those of an extension, and not of postgres_fdw.';
    end if;
  end loop;
  execute statement;
  perform penstock_platform.check_wrapper(wrapper_name);
end
$$;
revoke all on function penstock_platform.change_wrapper(name, text, text, text) from public;

create function penstock_platform.change_extension(extension_name name, statement text)
returns void language plpgsql
as $$
#variable_conflict use_variable
begin
  if exists (
    select from pg_catalog.pg_extension e, pg_catalog.pg_database d
    where e.extname operator(pg_catalog.=) extension_name
      and d.datname operator(pg_catalog.=) pg_catalog.current_database()
      and not pg_catalog.pg_has_role(d.datdba, e.extowner, 'usage'))
  then
    raise exception using errcode = 'insufficient_privilege',
      message = pg_catalog.format('must be owner of extension %s', extension_name);
  end if;
  execute statement;
end
$$;
revoke all on function penstock_platform.change_extension(name, text) from public;

do $$
begin
  execute format('grant usage on schema penstock_platform to %I', current_setting('penstock.migration_role'));
  execute format(
    'grant execute on procedure penstock_platform.as_superuser(text, text) to %I',
    current_setting('penstock.migration_role'));
end
$$;

-- An extension's script runs with the superuser's rights, and so would an event trigger of a migration that fires
-- inside it. While an extension is created or updated, ordinary triggers of the session are therefore off.
create function penstock_platform.before_extension_script() returns event_trigger
language plpgsql security definer set search_path = pg_catalog
as $$
begin
  perform set_config('penstock.replication_role', current_setting('session_replication_role'), true);
  perform set_config('session_replication_role', 'replica', true);
end
$$;

-- dblink_connect_u connects without a password, as whomever it likes: its script takes it from everybody, and the
-- default privileges of the schemas `extensions` and `public` give it back, to several roles there.
create function penstock_platform.after_extension_script() returns event_trigger
language plpgsql security definer set search_path = pg_catalog
as $$
declare
  function regprocedure;
  grantee text;
begin
  for function, grantee in
    select p.oid, case a.grantee when 0 then 'public' else a.grantee::regrole::text end
    from pg_proc p, aclexplode(p.proacl) a
    where proname = 'dblink_connect_u' and proowner = current_user::regrole and a.grantee <> p.proowner
  loop
    execute format('revoke all on function %s from %s cascade', function, grantee);
  end loop;
  perform set_config('session_replication_role', current_setting('penstock.replication_role'), true);
end
$$;

create event trigger penstock_before_extension_script on ddl_command_start
  when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function penstock_platform.before_extension_script();
create event trigger penstock_after_extension_script on ddl_command_end
  when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
  execute function penstock_platform.after_extension_script();
alter event trigger penstock_before_extension_script enable always;
alter event trigger penstock_after_extension_script enable always;

-- pg_dump's output comments on plpgsql, which nobody but its owner may.
select penstock_platform.hand_over(
  'pg_extension', 'extowner', oid, quote_ident(current_setting('penstock.migration_role'))::regrole)
from pg_extension where extname = 'plpgsql';

-- Before PostgreSQL 15 there was no GRANT SET ON PARAMETER: there, `SET session_replication_role` is a call of this.
create function penstock_platform.set_replication_role(value text, is_local boolean) returns void
language plpgsql security definer
as $$
begin
  perform pg_catalog.set_config('session_replication_role', value, is_local);
end
$$;
revoke all on function penstock_platform.set_replication_role(text, boolean) from public;
do $$
begin
  if current_setting('server_version_num')::int < 150000 and current_setting('penstock.backing') <> 'nobody' then
    execute format(
      'grant execute on function penstock_platform.set_replication_role(text, boolean) to %I',
      current_setting('penstock.migration_role'));
  end if;
end
$$;
