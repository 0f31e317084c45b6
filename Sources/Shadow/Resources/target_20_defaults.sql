-- Who owns and may use the schema `public`, and the default privileges of the whole database and of `public`, as a
-- target has them, in place of the profile's.
--
-- Reads the setting `penstock.target_defaults`, a JSON object
-- {"public": {"owner", "grants"}, "defaultPrivileges": [{"role", "schema": null for all, "kind", "grants"}]}
-- with grants as [{"grantee": null for PUBLIC, "privilege", "grantable"}] and kinds as in pg_default_acl.defaclobjtype.
-- What it does not have, grants or default privileges, stays as the profile has it.
-- It comes from a table that the migration role may write: nothing of it is taken for SQL. What this server does not
-- know, a role that is gone or a newer version's privilege, is left out.

create function pg_temp.is_privilege(name text) returns boolean
language sql return name in (
  'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE', 'CREATE', 'EXECUTE'
) or name = 'MAINTAIN' and current_setting('server_version_num')::int >= 170000;

create function pg_temp.is_role(name text) returns boolean
language sql return name is null or to_regrole(quote_ident(name)) is not null;

create function pg_temp.grantee(name text) returns text
language sql return case when name is null then 'public' else quote_ident(name) end;

-- ALTER DEFAULT PRIVILEGES up to the verb; null for a role that is not here, or is a superuser.
create function pg_temp.default_privileges(role text, schema text) returns text
language sql return (
  select format('alter default privileges for role %I', r.rolname) || coalesce(' in schema ' || quote_ident(schema), '')
  from pg_catalog.pg_roles r where r.rolname = role and not r.rolsuper
);

create function pg_temp.kind(letter text) returns text
language sql return case letter
  when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
  when 'n' then 'schemas'
end;

do $$
declare
  target jsonb := current_setting('penstock.target_defaults');
  item record;
begin
  if target -> 'public' <> 'null' and to_regrole(quote_ident(target #>> '{public,owner}')) is not null then
    execute format('alter schema public owner to %I', target #>> '{public,owner}');
    -- Before PostgreSQL 15 it is the cluster maker's, and pg_dump leaves out the grants that initdb has recorded as its own.
    if current_setting('server_version_num')::int < 150000 then
      update pg_init_privs p set initprivs = n.nspacl
      from pg_namespace n
      where n.nspname = 'public' and p.objoid = n.oid and p.classoid = 'pg_namespace'::regclass and p.objsubid = 0;
    end if;
  end if;
  if target -> 'public' ? 'grants' and to_regrole(quote_ident(target #>> '{public,owner}')) is not null then
    for item in
      select distinct case a.grantee when 0 then null else pg_get_userbyid(a.grantee)::text end as grantee
      from pg_namespace n, aclexplode(nullif(coalesce(n.nspacl, acldefault('n', n.nspowner)), '{}')) a
      where n.nspname = 'public'
    loop
      execute format('revoke all on schema public from %s', pg_temp.grantee(item.grantee));
    end loop;
    for item in
      select g ->> 'grantee' as grantee, g ->> 'privilege' as privilege, (g ->> 'grantable')::bool as grantable
      from jsonb_array_elements(target #> '{public,grants}') g
      where pg_temp.is_role(g ->> 'grantee') and g ->> 'privilege' in ('USAGE', 'CREATE')
    loop
      execute format('grant %s on schema public to %s', item.privilege, pg_temp.grantee(item.grantee))
        || case when item.grantable then ' with grant option' else '' end;
    end loop;
  end if;

  if not target ? 'defaultPrivileges' then
    return;
  end if;
  for item in
    select distinct
      pg_temp.default_privileges(pg_get_userbyid(d.defaclrole), n.nspname) as command,
      pg_temp.kind(d.defaclobjtype::text) as kind,
      case a.grantee when 0 then null else pg_get_userbyid(a.grantee)::text end as grantee
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(nullif(d.defaclacl, '{}')) a
    where n.nspname is null or n.nspname = 'public'
  loop
    continue when item.command is null;
    execute format('%s revoke all on %s from %s', item.command, item.kind, pg_temp.grantee(item.grantee));
  end loop;
  -- For the whole database the list replaces what PostgreSQL grants by itself; for a schema it adds to it.
  for item in
    select
      pg_temp.default_privileges(d ->> 'role', d ->> 'schema') as command, pg_temp.kind(d ->> 'kind') as kind,
      d ->> 'role' as role
    from jsonb_array_elements(target -> 'defaultPrivileges') d where d ->> 'schema' is null
  loop
    continue when item.command is null or item.kind is null;
    execute format('%s revoke all on %s from %I, public', item.command, item.kind, item.role);
  end loop;
  for item in
    select
      pg_temp.default_privileges(d ->> 'role', d ->> 'schema') as command, pg_temp.kind(d ->> 'kind') as kind,
      g ->> 'privilege' as privilege, g ->> 'grantee' as grantee, (g ->> 'grantable')::bool as grantable
    from jsonb_array_elements(target -> 'defaultPrivileges') d, jsonb_array_elements(d -> 'grants') g
    where pg_temp.is_role(g ->> 'grantee') and pg_temp.is_privilege(g ->> 'privilege')
  loop
    continue when item.command is null or item.kind is null;
    execute format('%s grant %s on %s to %s', item.command, item.privilege, item.kind, pg_temp.grantee(item.grantee))
      || case when item.grantable then ' with grant option' else '' end;
  end loop;
end
$$;
