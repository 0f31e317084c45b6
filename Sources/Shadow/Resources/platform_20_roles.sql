-- Roles belong to the cluster, and the shadows of several projects, or of one project's branches, share one. A role that
-- another shadow's migrations made must not be in the way here, and one that is dropped here may still be needed there.
--
-- A database therefore remembers which roles it knows: those of the profile, those that its own migrations made, and, of
-- a shadow that stands for a target, those that the target has.

create table penstock_platform.known_role (name text primary key, of_target boolean not null default false);
insert into penstock_platform.known_role select name from profile_role;
do $$
begin
  execute format(
    'grant select, insert, delete on penstock_platform.known_role to %I', current_setting('penstock.migration_role'));
end
$$;

-- `creation` as written; `alteration` gives a role that is a stranger's the same attributes.
create procedure penstock_platform.create_role(role_name text, creation text, alteration text)
language plpgsql as $$
begin
  if to_regrole(quote_ident(role_name)) is null
    or exists (select from penstock_platform.known_role k where k.name = role_name)
  then
    execute creation;
  else
    execute alteration;
  end if;
  insert into penstock_platform.known_role (name) values (role_name) on conflict do nothing;
end
$$;

create procedure penstock_platform.drop_roles(role_names text[], statement text)
language plpgsql as $$
begin
  begin
    execute statement;
  exception when dependent_objects_still_exist then
    if exists (
      select from pg_shdepend d join pg_roles r on r.oid = d.refobjid and d.refclassid = 'pg_authid'::regclass
      where r.rolname = any (role_names)
        and d.dbid = (select oid from pg_database where datname = current_database())
    ) then
      raise;
    end if;
  end;
  delete from penstock_platform.known_role k where k.name = any (role_names);
end
$$;
