-- Stands in for plpgsql_check where Debian's package of it is not installed: no function has a fault.
-- version: 2.7

create function plpgsql_check_function_tb(
  funcoid regprocedure, relid regclass default 0, fatal_errors boolean default true, other_warnings boolean default true,
  performance_warnings boolean default false, extra_warnings boolean default true, security_warnings boolean default false
) returns table (
  functionid regproc, lineno integer, statement text, sqlstate text, message text, detail text, hint text, level text,
  "position" integer, query text, context text
) language sql stable as $$
  select null::regproc, 0, '', '', '', '', '', '', 0, '', '' where false
$$;
create function plpgsql_check_function_tb(name text, relid regclass default 0) returns table (
  functionid regproc, lineno integer, statement text, sqlstate text, message text, detail text, hint text, level text,
  "position" integer, query text, context text
) language sql stable as $$
  select null::regproc, 0, '', '', '', '', '', '', 0, '', '' where false
$$;
create function plpgsql_check_function(
  funcoid regprocedure, relid regclass default 0, format text default 'text', fatal_errors boolean default true,
  other_warnings boolean default true, performance_warnings boolean default false, extra_warnings boolean default true,
  security_warnings boolean default false
) returns setof text language sql stable as $$ select '' where false $$;
create function plpgsql_check_function(name text, relid regclass default 0, format text default 'text')
returns setof text language sql stable as $$ select '' where false $$;
create function plpgsql_show_dependency_tb(funcoid regprocedure, relid regclass default 0)
returns table (type text, oid oid, schema text, name text, params text) language sql stable as $$
  select '', 0::oid, '', '', '' where false
$$;
create function plpgsql_profiler_reset_all() returns void language sql as $$ $$;
