-- The schemas of the platform's services, each owned by the role of its service, and who may look into them.

grant usage on schema public to postgres, anon, authenticated, service_role;

create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;

create schema auth authorization supabase_auth_admin;
grant all on schema auth to postgres, dashboard_user;
grant usage on schema auth to anon, authenticated, service_role;

create schema storage authorization supabase_storage_admin;
grant all on schema storage to postgres, dashboard_user;
grant usage on schema storage to anon, authenticated, service_role;
grant usage on schema storage to postgres with grant option;

create schema realtime authorization supabase_admin;
grant all on schema realtime to supabase_realtime_admin;
grant usage, create on schema realtime to postgres with grant option;
grant usage on schema realtime to anon, authenticated, service_role;

create schema _realtime authorization supabase_admin;
create schema _analytics authorization supabase_admin;
grant all on schema _realtime, _analytics to postgres;

create schema supabase_functions authorization supabase_admin;
grant all on schema supabase_functions to supabase_functions_admin;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;

create schema graphql authorization supabase_admin;
create schema graphql_public authorization supabase_admin;
grant usage on schema graphql, graphql_public to postgres, anon, authenticated, service_role;

create schema vault authorization supabase_admin;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;

create schema pgbouncer authorization pgbouncer;

-- Where the CLI, the dashboard and Penstock record what was applied: there before the first file is, as some files look
-- at it or add to it.
create schema supabase_migrations authorization postgres;
create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text);
create table supabase_migrations.seed_files (path text not null primary key, hash text not null);
alter table supabase_migrations.schema_migrations owner to postgres;
alter table supabase_migrations.seed_files owner to postgres;
