-- The extensions that a new project has. Where this machine lacks one, Penstock's stand-in of the same name is what
-- CREATE EXTENSION finds (stub_*.sql).
--
-- They are recorded as owned by `postgres`, whom the platform lets alter, drop and comment on every extension,
-- plpgsql included: pg_dump's output comments on it.

create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;
create extension if not exists supabase_vault with schema vault;
create extension if not exists pg_graphql with schema graphql;

select penstock_platform.hand_over('pg_extension', 'extowner', oid, 'postgres') from pg_extension;

grant execute on all routines in schema extensions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema extensions
  grant all on tables to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on sequences to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on routines to postgres with grant option;
