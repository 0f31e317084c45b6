-- The roles that a target has, so that a migration that grants to one, or gives it a table, finds it. Only their names
-- and their memberships: what they may do in the cluster is nothing to a migration, and no superuser is made.
--
-- Roles belong to the whole cluster, so this file asserts rather than creates. It reads the settings
-- `penstock.migration_role` and `penstock.target_roles`, the latter a JSON array of
-- {"name", "granted": whether the migration role is a member, "memberships": [NAME...]}.

lock table pg_catalog.pg_authid in share row exclusive mode;

do $$
declare
  migration_role name := current_setting('penstock.migration_role');
  target jsonb := current_setting('penstock.target_roles');
  wanted record;
begin
  if to_regrole(quote_ident(migration_role)) is null then
    execute format('create role %I login createdb createrole replication bypassrls', migration_role);
  end if;
  for wanted in select r ->> 'name' as name from jsonb_array_elements(target) r loop
    if to_regrole(quote_ident(wanted.name)) is null then
      execute format('create role %I', wanted.name);
    end if;
  end loop;

  for wanted in
    select role, member
    from (
      select m #>> '{}' as role, r ->> 'name' as member
      from jsonb_array_elements(target) r, jsonb_array_elements(r -> 'memberships') m
      union all
      select r ->> 'name', migration_role from jsonb_array_elements(target) r where (r ->> 'granted')::bool
    ) memberships
    -- Nobody becomes a superuser here, and none of these is news to one.
    where not exists (select from pg_roles p where p.rolname in (role, member) and p.rolsuper)
  loop
    -- Neither what is so already nor what would be a circle.
    if not pg_has_role(wanted.member, wanted.role, 'member') and not pg_has_role(wanted.role, wanted.member, 'member') then
      execute format('grant %I to %I with admin option', wanted.role, wanted.member);
    end if;
  end loop;
end
$$;
