-- The roles that a target has, so that a migration that grants to one, or gives it a table, finds it: their names and
-- memberships, and of the migration role what it may do. No superuser is made.
--
-- Roles belong to the whole cluster, so this file asserts rather than creates. It reads the settings
-- `penstock.migration_role`, `penstock.backing` and `penstock.target_roles`, the last a JSON array of
-- {"name", "attributes": those of ALTER ROLE, "granted": whether the migration role is a member, "administered": whether
-- it may pass the membership on, "memberships": [NAME...]}.

lock table pg_catalog.pg_authid in share row exclusive mode;

do $$
declare
  migration_role name := current_setting('penstock.migration_role');
  target jsonb := current_setting('penstock.target_roles');
  attributes text;
  wanted record;
begin
  if to_regrole(quote_ident(migration_role)) is null then
    execute format('create role %I login', migration_role);
  end if;
  -- `postgres` is the profile's. A superuser may do all that a role can that is none.
  if migration_role <> 'postgres' then
    select string_agg(word, ' ') into attributes
    from (
      select case when coalesce(own.attributes ? name, true) then name else 'no' || name end as word
      from unnest(array['createdb', 'createrole', 'replication', 'bypassrls']) name
      left join (
        select r -> 'attributes' as attributes from jsonb_array_elements(target) r
        where r ->> 'name' = migration_role and not r -> 'attributes' ? 'superuser'
      ) own on true
    ) words;
    -- A migration may have locked itself out.
    execute format('alter role %I login connection limit -1 valid until ''infinity'' %s', migration_role, attributes);
  end if;

  for wanted in select r ->> 'name' as name from jsonb_array_elements(target) r loop
    if to_regrole(quote_ident(wanted.name)) is null then
      execute format('create role %I', wanted.name);
      -- A migration of the history that creates the role alters this one instead, which since PostgreSQL 16 is for those
      -- who administer it.
      if current_setting('server_version_num')::int >= 160000 then
        execute format('grant %I to %I with admin true, inherit false, set false', wanted.name, migration_role);
      end if;
    end if;
  end loop;

  for wanted in
    select role, member, is_administered
    from (
      select m #>> '{}' as role, r ->> 'name' as member, false as is_administered
      from jsonb_array_elements(target) r, jsonb_array_elements(r -> 'memberships') m
      union all
      select r ->> 'name', migration_role, (r ->> 'administered')::bool
      from jsonb_array_elements(target) r where (r ->> 'granted')::bool
    ) memberships
    -- Nobody becomes a superuser here, and none of these is news to one.
    where not exists (select from pg_roles p where p.rolname in (role, member) and p.rolsuper)
  loop
    -- Neither what is so already nor what would be a circle.
    if not pg_has_role(wanted.member, wanted.role, 'member') and not pg_has_role(wanted.role, wanted.member, 'member') then
      execute format('grant %I to %I', wanted.role, wanted.member)
        || case when wanted.is_administered then ' with admin option' else '' end;
    end if;
  end loop;
end
$$;

-- Settings that only a superuser may change, for a migration role that may do so on its target. (Before PostgreSQL 15
-- there was no such grant.)
do $$
declare
  migration_role name := current_setting('penstock.migration_role');
  backing text := current_setting('penstock.backing');
  name text;
begin
  if current_setting('server_version_num')::int < 150000 then
    return;
  end if;
  foreach name in array array[
    'session_replication_role', 'deadlock_timeout', 'log_lock_waits', 'log_min_duration_statement',
    'log_min_error_statement', 'log_min_messages', 'log_statement', 'log_temp_files', 'track_functions',
    'track_io_timing', 'wal_compression'
  ] loop
    if backing <> 'nobody' then
      execute format('grant set on parameter %s to %I', name, migration_role);
    elsif has_parameter_privilege(migration_role, name, 'set') then
      execute format('revoke set on parameter %s from %I', name, migration_role);
    end if;
  end loop;
end
$$;
