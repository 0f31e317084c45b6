-- A plain PostgreSQL as most providers hand it out: the migrations' role owns the database and may create roles and
-- databases, but is no superuser.
--
-- Roles belong to the whole cluster and outlive every database in it, so this file asserts rather than creates. The
-- lock on the shared catalog keeps two databases from asserting at once (an advisory lock is per database).

lock table pg_catalog.pg_authid in share row exclusive mode;

create temporary table profile_role (name) on commit drop as values ('postgres');

do $$
begin
  if to_regrole('postgres') is null then
    create role postgres;
  end if;
end
$$;

alter role postgres with nosuperuser login createdb createrole replication bypassrls;
alter role postgres reset all;
