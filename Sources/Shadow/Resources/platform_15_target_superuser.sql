-- What a migration role may do besides that is a superuser on its target, as far as it is safe here.
--
-- The setting `penstock.backing` says `superuser` where it is one; elsewhere none of this is to be had.

-- How many objects each catalog has that are a superuser's: no change of owner on behalf changes that. (Databases are
-- not among them: others make and drop theirs meanwhile, and their owners are never changed on behalf.)
create function penstock_platform.superusers_objects() returns bigint[]
language sql stable set search_path = pg_catalog
as $$
  select array_agg(c.total order by c.catalog)
  from (
    select o.catalog, count(*) as total
    from (
      select 'class' as catalog, relowner as owner from pg_class
      union all select 'proc', proowner from pg_proc
      union all select 'type', typowner from pg_type
      union all select 'namespace', nspowner from pg_namespace
      union all select 'operator', oprowner from pg_operator
      union all select 'opclass', opcowner from pg_opclass
      union all select 'opfamily', opfowner from pg_opfamily
      union all select 'collation', collowner from pg_collation
      union all select 'conversion', conowner from pg_conversion
      union all select 'language', lanowner from pg_language
      union all select 'config', cfgowner from pg_ts_config
      union all select 'dictionary', dictowner from pg_ts_dict
      union all select 'statistics', stxowner from pg_statistic_ext
      union all select 'wrapper', fdwowner from pg_foreign_data_wrapper
      union all select 'server', srvowner from pg_foreign_server
      union all select 'publication', pubowner from pg_publication
      union all select 'event trigger', evtowner from pg_event_trigger
      union all select 'extension', extowner from pg_extension
    ) o
    join pg_roles r on r.oid = o.owner and r.rolsuper
    group by o.catalog
  ) c
$$;
revoke all on function penstock_platform.superusers_objects() from public;

-- ALTER ... OWNER TO, said by one who is a member of neither owner. From then on the migration role is a member of the
-- new one: a superuser is as good as that.
create function penstock_platform.change_owner(new_owner name, statement text)
returns void language plpgsql
as $$
#variable_conflict use_variable
declare
  before bigint[] := penstock_platform.superusers_objects();
begin
  execute statement;
  if before operator(pg_catalog.<>) penstock_platform.superusers_objects() then
    raise exception using errcode = 'insufficient_privilege',
      message = 'what is a superuser''s stays a superuser''s on a shadow, and nothing else becomes one''s';
  end if;
  perform penstock_platform.join_role(new_owner);
end
$$;
revoke all on function penstock_platform.change_owner(name, text) from public;

-- ALTER TABLE ... DISABLE TRIGGER ALL and its opposite, of which the triggers of foreign keys are a part. Of a table of
-- its own the migration role could have none of those in the first place.
create function penstock_platform.switch_triggers(table_name text, statement text)
returns void language plpgsql
as $$
#variable_conflict use_variable
begin
  if exists (
    select from pg_catalog.pg_class c, pg_catalog.pg_database d
    where c.oid operator(pg_catalog.=) pg_catalog.to_regclass(table_name)
      and d.datname operator(pg_catalog.=) pg_catalog.current_database()
      and not pg_catalog.pg_has_role(d.datdba, c.relowner, 'usage'))
  then
    raise exception using errcode = 'insufficient_privilege',
      message = pg_catalog.format('must be owner of table %s', table_name);
  end if;
  execute statement;
end
$$;
revoke all on function penstock_platform.switch_triggers(text, text) from public;

-- Since PostgreSQL 16 a role administers those that it creates, for which it is made their member, without the use of
-- their rights. A superuser is not, so that what it grants the other way round makes no circle, and what it grants the
-- same way gives the use.
create function penstock_platform.grant_roles(roles name[], members name[], statement text) returns void
language plpgsql set search_path = pg_catalog
as $$
declare
  implied record;
begin
  for implied in select * from penstock_platform.implied_membership(members, roles) loop
    execute format('revoke %s from %s granted by %s', implied.role, implied.member, implied.grantor);
  end loop;
  execute statement;
  if statement !~* '\mwith\M' then
    for implied in select * from penstock_platform.implied_membership(roles, members) loop
      execute format(
        'grant %s to %s with set true, inherit %s granted by %s', implied.role, implied.member,
        (select rolinherit::text from pg_roles where oid = implied.member), implied.grantor);
    end loop;
  end if;
end
$$;
revoke all on function penstock_platform.grant_roles(name[], name[], text) from public;

-- The memberships of the migration role, if it is among `members`, that came with the creation of one of `roles`.
create function penstock_platform.implied_membership(roles name[], members name[])
returns table (role regrole, member regrole, grantor regrole)
language sql stable set search_path = pg_catalog
begin atomic
  select m.roleid::regrole, m.member::regrole, m.grantor::regrole
  from pg_auth_members m
  join pg_database d on d.datdba = m.member and d.datname = current_database()
  cross join to_jsonb(m) as options
  where m.roleid in (select to_regrole(quote_ident(n)) from unnest(roles) n)
    and m.member in (select to_regrole(quote_ident(n)) from unnest(members) n)
    and m.admin_option and options ->> 'inherit_option' = 'false' and options ->> 'set_option' = 'false';
end;
revoke all on function penstock_platform.implied_membership(name[], name[]) from public;

create function penstock_platform.join_role(role name) returns void
language plpgsql set search_path = pg_catalog
as $$
declare
  owner name := (select pg_get_userbyid(datdba) from pg_database where datname = current_database());
begin
  -- Not where it would be a circle.
  if not pg_has_role(owner, role, 'usage') and not pg_has_role(role, owner, 'member') then
    perform penstock_platform.grant_roles(array[role], array[owner], format('grant %I to %I', role, owner));
  end if;
end
$$;
revoke all on function penstock_platform.join_role(name) from public;

-- For EXECUTE in a DO block: the statement that it is to run in the place of one that it has put together. What is not
-- to the letter one of these statements is returned as it is.
create function penstock_platform.on_behalf(statement text) returns text
language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  name text := '(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)';
  kind text := '(?:table|foreign table|view|materialized view|sequence|function|procedure|aggregate|schema|type|domain)';
  role text;
  tab text;
  call text;
begin
  tab := (regexp_match(statement, format(
    '^\s*alter\s+table\s+(?:only\s+)?((?:%s\.)?%s)\s+(?:en|dis)able\s+trigger\s+all\s*;?\s*$', name, name), 'i'))[1];
  if tab is not null then
    call := format('select penstock_platform.switch_triggers(%L, %L)', tab, statement);
    return format('call penstock_platform.as_superuser(%L, %L)', penstock_platform.seal(call), call);
  end if;

  role := (regexp_match(statement, format(
    '^\s*(?:create|alter)\s+(?:role|user)\s+(%s)(?:\s+with)?(?:\s+(?:no)?(?:login|inherit|createdb|createrole|bypassrls|replication))*\s*;?\s*$',
    name), 'i'))[1];
  if role is not null then
    -- The superuser's own are not for anybody else to change.
    if statement !~* '(bypassrls|replication)' or penstock_platform.is_superuser(role) then
      return statement;
    end if;
    call := statement;
  else
    role := (regexp_match(statement, format(
      '^\s*alter\s+%s\s+(?:if\s+exists\s+)?(?:%s\.)?%s(?:\s*\([a-z0-9_ ,."\[\]]*\))?\s+owner\s+to\s+(%s)\s*;?\s*$',
      kind, name, name, name), 'i'))[1];
    if role is null or role ~* '^(current_user|current_role|session_user)$' or penstock_platform.is_superuser(role) then
      return statement;
    end if;
    call := format('select penstock_platform.change_owner(%L, %L)', penstock_platform.role_name(role), statement);
  end if;
  return format('call penstock_platform.as_superuser(%L, %L)', penstock_platform.seal(call), call);
end
$$;
revoke all on function penstock_platform.on_behalf(text) from public;

-- Of a name as a statement has it.
create function penstock_platform.role_name(identifier text) returns name
language sql immutable set search_path = pg_catalog
as $$
  select (parse_ident(identifier))[1]::name
$$;
revoke all on function penstock_platform.role_name(text) from public;

create function penstock_platform.is_superuser(identifier text) returns boolean
language sql stable set search_path = pg_catalog
as $$
  select exists (select from pg_roles where rolname = penstock_platform.role_name(identifier) and rolsuper)
$$;
revoke all on function penstock_platform.is_superuser(text) from public;

do $$
begin
  if current_setting('penstock.backing') = 'superuser' then
    execute format(
      'grant execute on function penstock_platform.on_behalf(text) to %I', current_setting('penstock.migration_role'));
  end if;
end
$$;
