-- The roles of a Supabase project: those of the API (anon, authenticated, service_role, and authenticator, which
-- becomes one of them), those of the platform's services, and `postgres`, who runs migrations and is no superuser.
--
-- Roles belong to the whole cluster and outlive every database in it, so this file asserts rather than creates. The
-- lock on the shared catalog keeps two databases from asserting at once (an advisory lock is per database).

lock table pg_catalog.pg_authid in share row exclusive mode;

create temporary table profile_role (name, attributes) on commit drop as values
  ('postgres', 'login createdb createrole replication bypassrls'),
  ('anon', 'nologin'),
  ('authenticated', 'nologin'),
  ('service_role', 'nologin bypassrls'),
  ('authenticator', 'login noinherit'),
  ('dashboard_user', 'nologin createdb createrole replication'),
  ('pgbouncer', 'login'),
  ('supabase_auth_admin', 'login noinherit createrole'),
  ('supabase_storage_admin', 'login noinherit createrole'),
  ('supabase_functions_admin', 'login noinherit createrole'),
  ('supabase_realtime_admin', 'nologin noinherit'),
  ('supabase_replication_admin', 'login replication'),
  ('supabase_read_only_user', 'login bypassrls');

do $$
declare
  wanted record;
begin
  for wanted in select * from profile_role loop
    if to_regrole(wanted.name) is null then
      execute format('create role %I', wanted.name);
    end if;
    execute format('alter role %I with nosuperuser %s', wanted.name, wanted.attributes);
    execute format('alter role %I reset all', wanted.name);
  end loop;
end
$$;

alter role postgres set search_path = "$user", public, extensions;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_functions_admin set search_path = supabase_functions;

grant anon, authenticated, service_role to authenticator;
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user;
grant pg_monitor to postgres, supabase_read_only_user;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant supabase_auth_admin, supabase_storage_admin, supabase_functions_admin, supabase_realtime_admin to postgres;

-- Settings that only a superuser may change, and that the platform lets `postgres` change. (Before PostgreSQL 15
-- there was no such grant.)
do $$
declare
  name text;
begin
  if current_setting('server_version_num')::int < 150000 then
    return;
  end if;
  foreach name in array array[
    'session_replication_role', 'log_min_messages', 'log_min_duration_statement', 'log_min_error_statement',
    'log_statement', 'log_lock_waits', 'log_temp_files', 'log_replication_commands', 'track_io_timing',
    'track_functions', 'wal_compression', 'deadlock_timeout',
    'auto_explain.log_min_duration', 'auto_explain.log_analyze', 'auto_explain.log_nested_statements',
    'pg_stat_statements.track', 'pg_stat_statements.track_utility', 'pg_stat_statements.max',
    'pgaudit.log', 'pgaudit.log_catalog', 'pgaudit.log_level', 'pgaudit.log_parameter', 'pgaudit.log_relation',
    'pgaudit.role'
  ] loop
    execute format('grant set on parameter %s to postgres', name);
  end loop;
end
$$;
