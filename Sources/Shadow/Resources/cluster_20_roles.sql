-- Roles belong to the whole cluster, and what migrations make of them to the state of one database: which roles there
-- are, what they may do, who is whose member, and what their sessions begin with. So a state remembers it, and before a
-- database is used that is a copy of it, the cluster's roles are made what they were.
--
-- The rows of the catalogs themselves are kept and put back, because objects know their owners by number. A role that a
-- state does not have and other databases still need is out of the way under another name, `penstock_hidden_` and its
-- number. Roles of PostgreSQL's own (numbers below 16384, the superuser among them) are never touched, and those of a
-- platform (penstock.platform_role) stay for the next database of it.

create table if not exists penstock.platform_role (name text primary key);
alter table penstock.state add column if not exists roles jsonb;

create or replace function penstock.roles(database name) returns jsonb
language sql stable set search_path = pg_catalog
as $$
  with visible as (select * from pg_authid where oid >= 16384 and rolname !~ '^penstock_hidden_')
  select jsonb_build_object(
    'roles', (select coalesce(jsonb_agg(to_jsonb(v) order by v.oid), '[]') from visible v),
    'members', (
      select coalesce(jsonb_agg(to_jsonb(m) order by m.roleid, m.member, m.grantor), '[]') from pg_auth_members m
      where m.member in (select oid from visible)),
    'settings', (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.setrole), '[]') from pg_db_role_setting s
      where s.setdatabase = 0 and s.setrole in (select oid from visible)),
    'ofDatabase', (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.setrole), '[]')
      from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
      where d.datname = database and (s.setrole = 0 or s.setrole in (select oid from visible))))
$$;

-- Makes the cluster's roles those of `image`, or with `exactly` false only adds what is missing, because other databases
-- are in use. False when that is impossible: another role has the name of one that the state's database needs.
create or replace function penstock.restore_roles(image jsonb, exactly boolean, state name) returns boolean
language plpgsql set search_path = pg_catalog
as $$
declare
  stranger record;
begin
  if (penstock.roles('') - 'ofDatabase') = (image - 'ofDatabase') then
    return true;
  end if;
  lock table pg_authid in share row exclusive mode;
  create temporary table if not exists wanted_role as select * from pg_authid with no data;
  create temporary table if not exists wanted_member as select * from pg_auth_members with no data;
  create temporary table if not exists wanted_setting as select * from pg_db_role_setting with no data;
  truncate pg_temp.wanted_role, pg_temp.wanted_member, pg_temp.wanted_setting;
  insert into pg_temp.wanted_role select * from jsonb_populate_recordset(null::pg_authid, image -> 'roles');
  insert into pg_temp.wanted_member select * from jsonb_populate_recordset(null::pg_auth_members, image -> 'members');
  insert into pg_temp.wanted_setting
    select * from jsonb_populate_recordset(null::pg_db_role_setting, image -> 'settings');

  if exactly then
    for stranger in
      select a.oid, exists (
          select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = a.oid) as is_needed
      from pg_authid a
      where a.oid >= 16384 and not exists (select from pg_temp.wanted_role w where w.oid = a.oid)
        and not (a.rolname in (select name from penstock.platform_role)
          and a.rolname not in (select w.rolname from pg_temp.wanted_role w))
    loop
      perform penstock.forget_members(stranger.oid);
      delete from pg_db_role_setting where setrole = stranger.oid;
      if stranger.is_needed then
        update pg_authid set rolname = 'penstock_hidden_' || oid, rolcanlogin = false where oid = stranger.oid;
      else
        delete from pg_authid where oid = stranger.oid;
      end if;
    end loop;
    update pg_authid a set rolname = 'penstock_hidden_' || a.oid
    from pg_temp.wanted_role w where w.oid = a.oid and w.rolname <> a.rolname;
    delete from pg_db_role_setting s where s.setdatabase = 0 and s.setrole in (select oid from pg_temp.wanted_role);
    perform penstock.forget_members(w.oid) from pg_temp.wanted_role w;
  elsif exists (
    select from pg_authid a join pg_temp.wanted_role w on w.rolname = a.rolname and w.oid <> a.oid
    join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = w.oid
    where d.dbid = (select oid from pg_database where datname = state))
  then
    return false;
  end if;

  update pg_authid a set
    rolname = w.rolname, rolsuper = w.rolsuper, rolinherit = w.rolinherit, rolcreaterole = w.rolcreaterole,
    rolcreatedb = w.rolcreatedb, rolcanlogin = w.rolcanlogin, rolreplication = w.rolreplication,
    rolbypassrls = w.rolbypassrls, rolconnlimit = w.rolconnlimit, rolpassword = w.rolpassword,
    rolvaliduntil = w.rolvaliduntil
  from pg_temp.wanted_role w
  where w.oid = a.oid and not w.rolsuper
    and not exists (select from pg_authid o where o.rolname = w.rolname and o.oid <> w.oid) and (exactly or a.rolname ~ '^penstock_hidden_') and to_jsonb(w) <> to_jsonb(a);
  insert into pg_authid select * from pg_temp.wanted_role w
  where not w.rolsuper and not exists (select from pg_authid a where a.oid = w.oid or a.rolname = w.rolname);
  insert into pg_auth_members select w.* from pg_temp.wanted_member w
  where exists (select from pg_authid a where a.oid = w.roleid and not a.rolsuper)
    and exists (select from pg_authid a where a.oid = w.member)
    and not exists (
      select from pg_auth_members m where m.roleid = w.roleid and m.member = w.member and m.grantor = w.grantor);
  insert into pg_db_role_setting select w.* from pg_temp.wanted_setting w
  where exists (select from pg_authid a where a.oid = w.setrole)
    and not exists (select from pg_db_role_setting s where s.setdatabase = 0 and s.setrole = w.setrole);
  if current_setting('server_version_num')::int >= 160000 then
    -- A membership knows its grantor, as any object its owner.
    insert into pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
    select 0, 'pg_auth_members'::regclass, (to_jsonb(m) ->> 'oid')::oid, 0, 'pg_authid'::regclass, m.grantor, 'a'
    from pg_auth_members m
    where m.grantor >= 16384 and not exists (
      select from pg_shdepend d
      where d.classid = 'pg_auth_members'::regclass and d.objid = (to_jsonb(m) ->> 'oid')::oid);
  end if;
  return true;
end
$$;

create or replace function penstock.forget_members(role oid) returns void
language plpgsql set search_path = pg_catalog
as $$
begin
  if current_setting('server_version_num')::int >= 160000 then
    delete from pg_shdepend d using pg_auth_members m
    where d.classid = 'pg_auth_members'::regclass and d.objid = (to_jsonb(m) ->> 'oid')::oid
      and (m.member = role or m.roleid = role);
  end if;
  delete from pg_auth_members m where m.member = role or m.roleid = role;
end
$$;

-- What a state's database had set for its sessions, which a copy of it does not get by itself.
create or replace function penstock.restore_settings(image jsonb, database name) returns void
language sql set search_path = pg_catalog
as $$
  insert into pg_db_role_setting (setdatabase, setrole, setconfig)
  select d.oid, s.setrole, s.setconfig
  from pg_database d, jsonb_populate_recordset(null::pg_db_role_setting, image -> 'ofDatabase') s
  where d.datname = database
    and not exists (select from pg_db_role_setting e where e.setdatabase = d.oid and e.setrole = s.setrole)
$$;
