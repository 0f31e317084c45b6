-- Stands in for pgTAP where Debian's package of it is not installed: the assertions that test suites use most, with the
-- lines of the Test Anything Protocol as answers. The numbers of a run are kept in settings of the session.
-- version: 1.3.3

create function _tap_number(setting text) returns integer language sql stable
  return coalesce(nullif(current_setting('pgtap.' || setting, true), ''), '0')::integer;

create function plan(integer) returns text language plpgsql as $$
begin
  perform set_config('pgtap.' || s, case when s = 'planned' then $1::text else '0' end, false)
  from unnest(array['planned', 'run', 'failed']) as s;
  return '1..' || $1;
end
$$;
create function no_plan() returns setof boolean language plpgsql as $$
begin
  perform set_config('pgtap.' || s, '0', false) from unnest(array['planned', 'run', 'failed']) as s;
end
$$;

create function diag(text) returns text language sql strict immutable
  return regexp_replace($1, '^', '# ', 'gm');
create function diag(anyelement) returns text language sql as $$ select '# ' || $1::text $$;

create function ok(boolean, text) returns text language plpgsql as $$
declare
  number integer := current_setting('pgtap.run', true)::integer;
begin
  number := coalesce(number, 0) + 1;
  perform set_config('pgtap.run', number::text, false);
  if $1 is true then
    return format('ok %s%s', number, ' - ' || nullif($2, ''));
  end if;
  perform set_config(
    'pgtap.failed', (coalesce(nullif(current_setting('pgtap.failed', true), ''), '0')::integer + 1)::text, false);
  return format(E'not ok %s%s\n# Failed test %1$s%s', number, ' - ' || nullif($2, ''), ': "' || nullif($2, '') || '"');
end
$$;
create function ok(boolean) returns text language sql as $$ select @extschema@.ok($1, null) $$;
create function pass(text) returns text language sql as $$ select @extschema@.ok(true, $1) $$;
create function pass() returns text language sql as $$ select @extschema@.ok(true, null) $$;
create function fail(text) returns text language sql as $$ select @extschema@.ok(false, $1) $$;
create function fail() returns text language sql as $$ select @extschema@.ok(false, null) $$;
create function skip(why text, how_many integer) returns text language plpgsql as $$
declare
  lines text[] := '{}';
begin
  for i in 1..how_many loop
    lines := lines || (@extschema@.ok(true, null) || ' # SKIP ' || why);
  end loop;
  return array_to_string(lines, E'\n');
end
$$;
create function skip(text) returns text language sql as $$ select @extschema@.skip($1, 1) $$;
create function todo(why text, how_many integer) returns setof boolean language sql as $$ select null::boolean where false $$;
create function todo_start(text) returns setof boolean language sql as $$ select null::boolean where false $$;
create function todo_end() returns setof boolean language sql as $$ select null::boolean where false $$;

create function finish(exception_on_failure boolean default null) returns setof text language plpgsql as $$
declare
  planned integer := @extschema@._tap_number('planned');
  run integer := @extschema@._tap_number('run');
  failed integer := @extschema@._tap_number('failed');
begin
  if planned = 0 then
    return next '1..' || run;
  elsif planned <> run then
    return next format('# Looks like you planned %s tests but ran %s', planned, run);
  end if;
  if failed > 0 then
    if exception_on_failure then
      raise exception '% of % tests failed', failed, run;
    end if;
    return next format('# Looks like you failed %s of %s tests', failed, run);
  end if;
end
$$;
create function num_failed() returns integer language sql as $$ select @extschema@._tap_number('failed') $$;

-- Values.

create function is(anyelement, anyelement, text) returns text language plpgsql as $$
begin
  if $1 is not distinct from $2 then
    return @extschema@.ok(true, $3);
  end if;
  return @extschema@.ok(false, $3) || format(E'\n#         have: %s\n#         want: %s',
    coalesce($1::text, 'NULL'), coalesce($2::text, 'NULL'));
end
$$;
create function is(anyelement, anyelement) returns text language sql as $$ select @extschema@.is($1, $2, null) $$;
create function isnt(anyelement, anyelement, text) returns text language sql as $$
  select @extschema@.ok($1 is distinct from $2, $3)
$$;
create function isnt(anyelement, anyelement) returns text language sql as $$ select @extschema@.isnt($1, $2, null) $$;
create function cmp_ok(anyelement, text, anyelement, text) returns text language plpgsql as $$
declare
  holds boolean;
begin
  execute format('select $1 operator(pg_catalog.%s) $2', $2) into holds using $1, $3;
  return @extschema@.ok(coalesce(holds, false), $4);
end
$$;
create function cmp_ok(anyelement, text, anyelement) returns text language sql as $$
  select @extschema@.cmp_ok($1, $2, $3, null)
$$;
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values ('matches', '~'), ('imatches', '~*'), ('doesnt_match', '!~'), ('doesnt_imatch', '!~*'),
      ('alike', '~~'), ('ialike', '~~*'), ('unalike', '!~~'), ('unialike', '!~~*')) as assertions (name, sign)
  loop
    execute format(
      'create function %1$I(anyelement, text, text) returns text language sql as'
        ' ''select @extschema@.ok($1::text operator(pg_catalog.%2$s) $2, $3)'';'
        ' create function %1$I(anyelement, text) returns text language sql as'
        ' ''select @extschema@.ok($1::text operator(pg_catalog.%2$s) $2, null)''', assertion.name, assertion.sign);
  end loop;
end
$body$;
create function isa_ok(anyelement, regtype, text) returns text language sql as $$
  select @extschema@.ok(pg_typeof($1) = $2, $3 || ' isa ' || $2)
$$;
create function isa_ok(anyelement, regtype) returns text language sql as $$
  select @extschema@.isa_ok($1, $2, 'the value')
$$;

-- Statements. A name stands for a prepared statement.

create function _tap_query(text) returns text language sql immutable
  return case when $1 ~ '\s' then $1 when $1 like '"%"' then 'execute ' || $1 else 'execute ' || quote_ident($1) end;

create function throws_ok(text, text, text, text) returns text language plpgsql as $$
begin
  execute @extschema@._tap_query($1);
  return @extschema@.ok(false, coalesce($4, 'threw ' || coalesce($2, 'an exception')))
    || E'\n#       caught: no exception\n#       wanted: ' || coalesce($2, 'an exception');
exception when others or assert_failure then
  if ($2 is null or sqlstate = $2) and ($3 is null or sqlerrm = $3) then
    return @extschema@.ok(true, coalesce($4, 'threw ' || coalesce($2, 'an exception')));
  end if;
  return @extschema@.ok(false, coalesce($4, 'threw ' || coalesce($2, 'an exception')))
    || format(E'\n#       caught: %s: %s\n#       wanted: %s', sqlstate, sqlerrm, concat_ws(': ', $2, $3));
end
$$;
create function throws_ok(text, text, text) returns text language sql as $$
  select case when octet_length($2) = 5 then @extschema@.throws_ok($1, $2, $3, null)
    else @extschema@.throws_ok($1, null, $2, $3) end
$$;
create function throws_ok(text, text) returns text language sql as $$
  select case when octet_length($2) = 5 then @extschema@.throws_ok($1, $2, null, null)
    else @extschema@.throws_ok($1, null, $2, null) end
$$;
create function throws_ok(text) returns text language sql as $$ select @extschema@.throws_ok($1, null, null, null) $$;
create function _tap_throws(text, sign text, pattern text, description text) returns text language plpgsql as $$
declare
  holds boolean;
begin
  execute @extschema@._tap_query($1);
  return @extschema@.ok(false, description);
exception when others then
  execute format('select $1 operator(pg_catalog.%s) $2', sign) into holds using sqlerrm, pattern;
  return @extschema@.ok(holds, description);
end
$$;
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values ('throws_like', '~~'), ('throws_ilike', '~~*'), ('throws_matching', '~'),
      ('throws_imatching', '~*')) as assertions (name, sign)
  loop
    execute format(
      'create function %1$I(text, text, text) returns text language sql as'
        ' ''select @extschema@._tap_throws($1, ''''%2$s'''', $2, $3)'';'
        ' create function %1$I(text, text) returns text language sql as'
        ' ''select @extschema@._tap_throws($1, ''''%2$s'''', $2, null)''', assertion.name, assertion.sign);
  end loop;
end
$body$;
create function lives_ok(text, text) returns text language plpgsql as $$
begin
  execute @extschema@._tap_query($1);
  return @extschema@.ok(true, $2);
exception when others then
  return @extschema@.ok(false, $2) || format(E'\n#         died: %s: %s', sqlstate, sqlerrm);
end
$$;
create function lives_ok(text) returns text language sql as $$ select @extschema@.lives_ok($1, null) $$;
create function performs_ok(text, numeric, text) returns text language sql as $$ select @extschema@.lives_ok($1, $3) $$;
create function performs_ok(text, numeric) returns text language sql as $$ select @extschema@.lives_ok($1, null) $$;

-- The rows of a statement, each as text.
create function _tap_rows(query text) returns text[] language plpgsql as $$
declare
  line record;
  lines text[] := '{}';
begin
  for line in execute @extschema@._tap_query(query) loop
    lines := lines || line::text;
  end loop;
  return lines;
end
$$;
create function _tap_sorted(text[], is_set boolean) returns text[] language sql immutable as $$
  select coalesce(array_agg(line order by line), '{}')
  from (select line from unnest($1) as line group by line, case when not is_set then random() end) as lines
$$;
do $body$
declare
  assertion record;
  wanted record;
begin
  for assertion in
    select * from (values
      ('results_eq', 'have = want'), ('results_ne', 'have <> want'),
      ('set_eq', '@extschema@._tap_sorted(have, true) = @extschema@._tap_sorted(want, true)'),
      ('set_ne', '@extschema@._tap_sorted(have, true) <> @extschema@._tap_sorted(want, true)'),
      ('bag_eq', '@extschema@._tap_sorted(have, false) = @extschema@._tap_sorted(want, false)'),
      ('bag_ne', '@extschema@._tap_sorted(have, false) <> @extschema@._tap_sorted(want, false)'),
      ('set_has', 'have @> want'), ('bag_has', 'have @> want'), ('set_hasnt', 'not have && want')
    ) as assertions (name, condition)
  loop
    for wanted in
      select * from (values
        ('text', '@extschema@._tap_rows($2)'), ('anyarray', '(select array_agg(row(e)::text) from unnest($2) as e)')
      ) as wanted (kind, lines)
    loop
      execute format(
        'create function %1$I(text, %2$s, text) returns text language sql as $f$'
          ' select @extschema@.ok(%3$s, $3)'
          ' from (select @extschema@._tap_rows($1) as have, coalesce(%4$s, ''{}'') as want) as answers $f$;'
          ' create function %1$I(text, %2$s) returns text language sql as'
          ' $f$ select @extschema@.%1$I($1, $2, null) $f$',
        assertion.name, wanted.kind, assertion.condition, wanted.lines);
    end loop;
  end loop;
end
$body$;
create function is_empty(text, text) returns text language sql as $$
  select @extschema@.ok(@extschema@._tap_rows($1) = '{}', $2)
$$;
create function is_empty(text) returns text language sql as $$ select @extschema@.is_empty($1, null) $$;
create function isnt_empty(text, text) returns text language sql as $$
  select @extschema@.ok(@extschema@._tap_rows($1) <> '{}', $2)
$$;
create function isnt_empty(text) returns text language sql as $$ select @extschema@.isnt_empty($1, null) $$;

-- What is in the catalog. Each is there with a description and without, with a schema and without; of (name, name) the
-- second is the description in has_table('users', 'there are users') when it has a blank in it, as pgTAP's own text is.

create function _tap_relation(schema name, name name, kinds text) returns boolean language sql stable as $$
  select exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = name and c.relkind = any (string_to_array(kinds, null)::"char"[])
      and case when schema is null then pg_table_is_visible(c.oid) else n.nspname = schema end)
$$;
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values
      ('table', 'rp'), ('relation', 'rpvmfcS'), ('view', 'v'), ('materialized_view', 'm'), ('sequence', 'S'),
      ('composite', 'c'), ('foreign_table', 'f')
    ) as assertions (name, kinds)
  loop
    execute format(
      'create function has_%1$s(name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(@extschema@._tap_relation($1, $2, ''''%2$s''''), $3)'';'
        ' create function has_%1$s(name, name) returns text language sql as'
        ' ''select @extschema@.has_%1$s($1, $2, format(''''%1$s %%I.%%I should exist'''', $1, $2))'';'
        ' create function has_%1$s(name, text) returns text language sql as'
        ' ''select @extschema@.ok(@extschema@._tap_relation(null, $1, ''''%2$s''''), $2)'';'
        ' create function has_%1$s(name) returns text language sql as'
        ' ''select @extschema@.has_%1$s($1, format(''''%1$s %%I should exist'''', $1))'';'
        ' create function hasnt_%1$s(name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(not @extschema@._tap_relation($1, $2, ''''%2$s''''), $3)'';'
        ' create function hasnt_%1$s(name, name) returns text language sql as'
        ' ''select @extschema@.hasnt_%1$s($1, $2, format(''''%1$s %%I.%%I should not exist'''', $1, $2))'';'
        ' create function hasnt_%1$s(name, text) returns text language sql as'
        ' ''select @extschema@.ok(not @extschema@._tap_relation(null, $1, ''''%2$s''''), $2)'';'
        ' create function hasnt_%1$s(name) returns text language sql as'
        ' ''select @extschema@.hasnt_%1$s($1, format(''''%1$s %%I should not exist'''', $1))''',
      assertion.name, assertion.kinds);
  end loop;
end
$body$;

create function _tap_column(schema name, relation name, name name) returns pg_attribute language sql stable as $$
  select a from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relname = relation and a.attname = name and a.attnum > 0 and not a.attisdropped
    and case when schema is null then pg_table_is_visible(c.oid) else n.nspname = schema end
$$;
create function _tap_default(pg_attribute) returns text language sql stable as $$
  select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = ($1).attrelid and adnum = ($1).attnum
$$;
-- Whether a key of the kind is over just these columns, or, of one column, over it among others.
create function _tap_key(schema name, relation name, columns name[], kind text) returns boolean language sql stable as $$
  select exists (
    select from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relname = relation and k.contype = any (string_to_array(kind, null)::"char"[])
      and case when schema is null then pg_table_is_visible(c.oid) else n.nspname = schema end
      and (
        select array_agg(a.attname order by a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any (k.conkey)
      ) = (select array_agg(name order by name) from unnest(columns) as name))
$$;
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values
      ('has_column', '(@extschema@._tap_column(%1$s)).attname is not null', 'should exist'),
      ('hasnt_column', '(@extschema@._tap_column(%1$s)).attname is null', 'should not exist'),
      ('col_not_null', '(@extschema@._tap_column(%1$s)).attnotnull', 'should be NOT NULL'),
      ('col_is_null', 'not (@extschema@._tap_column(%1$s)).attnotnull', 'should allow NULL'),
      ('col_has_default', '(@extschema@._tap_column(%1$s)).atthasdef', 'should have a default'),
      ('col_hasnt_default', 'not (@extschema@._tap_column(%1$s)).atthasdef', 'should not have a default'),
      ('col_is_pk', '@extschema@._tap_key(%2$s, ''p'')', 'should be a primary key'),
      ('col_is_fk', '@extschema@._tap_key(%2$s, ''f'')', 'should be a foreign key'),
      ('col_is_unique', '@extschema@._tap_key(%2$s, ''up'')', 'should be unique'),
      ('col_has_check', '@extschema@._tap_key(%2$s, ''c'')', 'should have a check')
    ) as assertions (name, condition, description)
  loop
    execute format(
      'create function %1$I(name, name, name, text) returns text language sql as $f$ select @extschema@.ok(%2$s, $4) $f$;'
        ' create function %1$I(name, name, text) returns text language sql as $f$ select @extschema@.ok(%3$s, $3) $f$;'
        ' create function %1$I(name, name) returns text language sql as'
        ' $f$ select @extschema@.%1$I($1, $2, format(''column %%I.%%I %4$s'', $1, $2)) $f$',
      assertion.name, format(assertion.condition, '$1, $2, $3', '$1, $2, array[$3]'),
      format(assertion.condition, 'null, $1, $2', 'null, $1, array[$2]'), assertion.description);
    continue when assertion.name not in ('col_is_pk', 'col_is_fk', 'col_is_unique');
    execute format(
      'create function %1$I(name, name, name[], text) returns text language sql as $f$ select @extschema@.ok(%2$s, $4) $f$;'
        ' create function %1$I(name, name[], text) returns text language sql as $f$ select @extschema@.ok(%3$s, $3) $f$;'
        ' create function %1$I(name, name[]) returns text language sql as $f$ select @extschema@.%1$I($1, $2, null) $f$',
      assertion.name, format(assertion.condition, '', '$1, $2, $3'), format(assertion.condition, '', 'null, $1, $2'));
  end loop;
end
$body$;
create function _tap_type(pg_attribute) returns text language sql stable as $$
  select format_type(($1).atttypid, ($1).atttypmod)
$$;
create function _tap_same_type(have text, want text) returns boolean language plpgsql stable as $$
begin
  return have = want or have = want::regtype::text;
exception when others then
  return false;
end
$$;
create function col_type_is(name, name, name, text, text) returns text language sql as $$
  select @extschema@.ok(@extschema@._tap_same_type(@extschema@._tap_type(@extschema@._tap_column($1, $2, $3)), $4), $5)
$$;
create function col_type_is(name, name, text, text) returns text language sql as $$
  select @extschema@.ok(@extschema@._tap_same_type(@extschema@._tap_type(@extschema@._tap_column(null, $1, $2)), $3), $4)
$$;
create function col_type_is(name, name, text) returns text language sql as $$
  select @extschema@.col_type_is($1, $2, $3, format('column %I.%I should be %s', $1, $2, $3))
$$;
create function col_default_is(name, name, name, text, text) returns text language sql as $$
  select @extschema@.ok(
    $4 in (d, (regexp_match(d, '^''(.*)''(?:::.*)?$'))[1]), $5)
  from @extschema@._tap_default(@extschema@._tap_column($1, $2, $3)) as d
$$;
create function col_default_is(name, name, text, text) returns text language sql as $$
  select @extschema@.ok(
    $3 in (d, (regexp_match(d, '^''(.*)''(?:::.*)?$'))[1]), $4)
  from @extschema@._tap_default(@extschema@._tap_column(null, $1, $2)) as d
$$;

-- One name each.
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values
      ('schema', 'select from pg_namespace where nspname = $1'), ('role', 'select from pg_roles where rolname = $1'),
      ('user', 'select from pg_roles where rolname = $1'), ('extension', 'select from pg_extension where extname = $1'),
      ('language', 'select from pg_language where lanname = $1'),
      ('type', 'select from pg_type where typname = $1 and pg_type_is_visible(oid)'),
      ('enum', 'select from pg_type where typname = $1 and typtype = ''e'' and pg_type_is_visible(oid)'),
      ('domain', 'select from pg_type where typname = $1 and typtype = ''d'' and pg_type_is_visible(oid)'),
      ('function', 'select from pg_proc where proname = $1 and pg_function_is_visible(oid)')
    ) as assertions (name, query)
  loop
    execute format(
      'create function has_%1$s(name, text) returns text language sql as $f$ select @extschema@.ok(exists (%2$s), $2) $f$;'
        ' create function has_%1$s(name) returns text language sql as'
        ' $f$ select @extschema@.has_%1$s($1, format(''%1$s %%I should exist'', $1)) $f$;'
        ' create function hasnt_%1$s(name, text) returns text language sql as'
        ' $f$ select @extschema@.ok(not exists (%2$s), $2) $f$;'
        ' create function hasnt_%1$s(name) returns text language sql as'
        ' $f$ select @extschema@.hasnt_%1$s($1, format(''%1$s %%I should not exist'', $1)) $f$',
      assertion.name, assertion.query);
  end loop;
  for assertion in
    select * from (values
      ('type', 'pg_type', 'typnamespace', 'typname', ''), ('enum', 'pg_type', 'typnamespace', 'typname', 'and typtype = ''e'''),
      ('domain', 'pg_type', 'typnamespace', 'typname', 'and typtype = ''d'''),
      ('function', 'pg_proc', 'pronamespace', 'proname', '')
    ) as assertions (name, catalog, namespace, name_column, more)
  loop
    execute format(
      'create function has_%1$s(name, name, text) returns text language sql as $f$ select @extschema@.ok('
        ' exists (select from %2$s where %3$s = $1::regnamespace and %4$s = $2 %5$s), $3) $f$;'
        ' create function has_%1$s(name, name) returns text language sql as'
        ' $f$ select @extschema@.has_%1$s($1, $2, format(''%1$s %%I.%%I should exist'', $1, $2)) $f$;'
        ' create function hasnt_%1$s(name, name, text) returns text language sql as $f$ select @extschema@.ok('
        ' not exists (select from %2$s where %3$s = $1::regnamespace and %4$s = $2 %5$s), $3) $f$;'
        ' create function hasnt_%1$s(name, name) returns text language sql as'
        ' $f$ select @extschema@.hasnt_%1$s($1, $2, format(''%1$s %%I.%%I should not exist'', $1, $2)) $f$',
      assertion.name, assertion.catalog, assertion.namespace, assertion.name_column, assertion.more);
  end loop;
end
$body$;

-- Functions, by schema, name and the types of their arguments.
create function _tap_function(schema name, name name, arguments text[]) returns pg_proc language sql stable as $$
  select p from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.proname = name and case when schema is null then pg_function_is_visible(p.oid) else n.nspname = schema end
    and (arguments is null or p.oid = to_regprocedure(
      format('%I.%I(%s)', n.nspname, p.proname, array_to_string(arguments, ', '))))
  limit 1
$$;
create function has_function(name, name, text[], text) returns text language sql as $$
  select @extschema@.ok((@extschema@._tap_function($1, $2, $3)).proname is not null, $4)
$$;
create function has_function(name, name, text[]) returns text language sql as $$
  select @extschema@.has_function($1, $2, $3, format('function %I.%I(%s) should exist', $1, $2, array_to_string($3, ', ')))
$$;
create function has_function(name, text[], text) returns text language sql as $$
  select @extschema@.ok((@extschema@._tap_function(null, $1, $2)).proname is not null, $3)
$$;
create function has_function(name, text[]) returns text language sql as $$
  select @extschema@.has_function($1, $2, format('function %I(%s) should exist', $1, array_to_string($2, ', ')))
$$;
do $body$
declare
  assertion record;
begin
  for assertion in
    select * from (values
      ('is_definer', '(f).prosecdef'), ('isnt_definer', 'not (f).prosecdef'), ('is_strict', '(f).proisstrict'),
      ('isnt_strict', 'not (f).proisstrict')
    ) as assertions (name, condition)
  loop
    execute format(
      'create function %1$I(name, name, text[], text) returns text language sql as'
        ' $f$ select @extschema@.ok(%2$s, $4) from @extschema@._tap_function($1, $2, $3) as f $f$;'
        ' create function %1$I(name, name, text[]) returns text language sql as $f$ select @extschema@.%1$I($1, $2, $3, null) $f$;'
        ' create function %1$I(name, name, text) returns text language sql as'
        ' $f$ select @extschema@.ok(%2$s, $3) from @extschema@._tap_function($1, $2, null) as f $f$;'
        ' create function %1$I(name, name) returns text language sql as $f$ select @extschema@.%1$I($1, $2, null::text) $f$;'
        ' create function %1$I(name) returns text language sql as'
        ' $f$ select @extschema@.ok(%2$s, null) from @extschema@._tap_function(null, $1, null) as f $f$',
      assertion.name, assertion.condition);
  end loop;
  for assertion in
    select * from (values
      ('function_returns', '@extschema@._tap_same_type(pg_get_function_result((f).oid), %s)'),
      ('function_lang_is', '(select lanname from pg_language where oid = (f).prolang) = %s'),
      ('volatility_is', 'starts_with(lower(%s), (f).provolatile::text) or (f).provolatile = ''v'' and lower(%1$s) = ''volatile''')
    ) as assertions (name, condition)
  loop
    execute format(
      'create function %1$I(name, name, text[], text, text) returns text language sql as'
        ' $f$ select @extschema@.ok(%2$s, $5) from @extschema@._tap_function($1, $2, $3) as f $f$;'
        ' create function %1$I(name, name, text[], text) returns text language sql as'
        ' $f$ select @extschema@.%1$I($1, $2, $3, $4, null) $f$;'
        ' create function %1$I(name, name, text, text) returns text language sql as'
        ' $f$ select @extschema@.ok(%3$s, $4) from @extschema@._tap_function($1, $2, null) as f $f$;'
        ' create function %1$I(name, text[], text) returns text language sql as'
        ' $f$ select @extschema@.ok(%3$s, null) from @extschema@._tap_function(null, $1, $2) as f $f$;'
        ' create function %1$I(name, text) returns text language sql as'
        ' $f$ select @extschema@.ok(%4$s, null) from @extschema@._tap_function(null, $1, null) as f $f$',
      assertion.name, format(assertion.condition, '$4'), format(assertion.condition, '$3'),
      format(assertion.condition, '$2'));
  end loop;
end
$body$;

-- Triggers, indexes and policies of a table.
create function _tap_part(schema name, relation name, name name, kind text) returns boolean language sql stable as $$
  select exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = relation and case when schema is null then pg_table_is_visible(c.oid) else n.nspname = schema end
      and case kind
        when 'trigger' then exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = name)
        when 'policy' then exists (select from pg_policy p where p.polrelid = c.oid and p.polname = name)
        when 'rule' then exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename = name)
        else exists (
          select from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and x.relname = name)
      end)
$$;
do $body$
declare
  kind text;
begin
  foreach kind in array array['trigger', 'index', 'rule'] loop
    execute format(
      'create function has_%1$s(name, name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(@extschema@._tap_part($1, $2, $3, ''''%1$s''''), $4)'';'
        ' create function has_%1$s(name, name, name) returns text language sql as'
        ' ''select @extschema@.has_%1$s($1, $2, $3, format(''''%1$s %%I should exist'''', $3))'';'
        ' create function has_%1$s(name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(@extschema@._tap_part(null, $1, $2, ''''%1$s''''), $3)'';'
        ' create function has_%1$s(name, name) returns text language sql as'
        ' ''select @extschema@.has_%1$s($1, $2, format(''''%1$s %%I should exist'''', $2))'';'
        ' create function hasnt_%1$s(name, name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(not @extschema@._tap_part($1, $2, $3, ''''%1$s''''), $4)'';'
        ' create function hasnt_%1$s(name, name, text) returns text language sql as'
        ' ''select @extschema@.ok(not @extschema@._tap_part(null, $1, $2, ''''%1$s''''), $3)''', kind);
  end loop;
end
$body$;

-- Lists of names, compared as sets.
create function _tap_names(text[], text[], text) returns text language plpgsql as $$
declare
  extra text[] := array(select unnest($1) except select unnest($2) order by 1);
  missing text[] := array(select unnest($2) except select unnest($1) order by 1);
begin
  return @extschema@.ok(extra = '{}' and missing = '{}', $3)
    || case when extra <> '{}' then E'\n#     Extra: ' || array_to_string(extra, ', ') else '' end
    || case when missing <> '{}' then E'\n#     Missing: ' || array_to_string(missing, ', ') else '' end;
end
$$;
create function schemas_are(name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select nspname::text from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'), $1::text[], $2)
$$;
create function schemas_are(name[]) returns text language sql as $$ select @extschema@.schemas_are($1, null) $$;
create function tables_are(name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select relname::text from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p')), $2::text[], $3)
$$;
create function tables_are(name, name[]) returns text language sql as $$ select @extschema@.tables_are($1, $2, null) $$;
create function views_are(name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select relname::text from pg_class where relnamespace = $1::regnamespace and relkind = 'v'), $2::text[], $3)
$$;
create function views_are(name, name[]) returns text language sql as $$ select @extschema@.views_are($1, $2, null) $$;
create function functions_are(name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select proname::text from pg_proc where pronamespace = $1::regnamespace), $2::text[], $3)
$$;
create function functions_are(name, name[]) returns text language sql as $$
  select @extschema@.functions_are($1, $2, null)
$$;
create function columns_are(name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select attname::text from pg_attribute
    where attrelid = format('%I.%I', $1, $2)::regclass and attnum > 0 and not attisdropped), $3::text[], $4)
$$;
create function columns_are(name, name, name[]) returns text language sql as $$
  select @extschema@.columns_are($1, $2, $3, null)
$$;
create function triggers_are(name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select tgname::text from pg_trigger where tgrelid = format('%I.%I', $1, $2)::regclass and not tgisinternal),
    $3::text[], $4)
$$;
create function triggers_are(name, name, name[]) returns text language sql as $$
  select @extschema@.triggers_are($1, $2, $3, null)
$$;
create function indexes_are(name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select x.relname::text from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = format('%I.%I', $1, $2)::regclass), $3::text[], $4)
$$;
create function indexes_are(name, name, name[]) returns text language sql as $$
  select @extschema@.indexes_are($1, $2, $3, null)
$$;
create function policies_are(name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select polname::text from pg_policy where polrelid = format('%I.%I', $1, $2)::regclass), $3::text[], $4)
$$;
create function policies_are(name, name, name[]) returns text language sql as $$
  select @extschema@.policies_are($1, $2, $3, format('table %I.%I should have the right policies', $1, $2))
$$;
create function policies_are(name, name[]) returns text language sql as $$
  select @extschema@.policies_are('public', $1, $2, null)
$$;
create function policy_roles_are(name, name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select unnest(roles)::text from pg_policies where schemaname = $1 and tablename = $2 and policyname = $3),
    $4::text[], $5)
$$;
create function policy_roles_are(name, name, name, name[]) returns text language sql as $$
  select @extschema@.policy_roles_are($1, $2, $3, $4, null)
$$;
create function policy_cmd_is(name, name, name, text, text) returns text language sql as $$
  select @extschema@.is(
    (select lower(cmd) from pg_policies where schemaname = $1 and tablename = $2 and policyname = $3), lower($4), $5)
$$;
create function policy_cmd_is(name, name, name, text) returns text language sql as $$
  select @extschema@.policy_cmd_is($1, $2, $3, $4, null)
$$;
create function enum_has_labels(name, name, name[], text) returns text language sql as $$
  select @extschema@.is(
    array(select enumlabel from pg_enum where enumtypid = format('%I.%I', $1, $2)::regtype order by enumsortorder), $3, $4)
$$;
create function enum_has_labels(name, name, name[]) returns text language sql as $$
  select @extschema@.enum_has_labels($1, $2, $3, null)
$$;
create function table_privs_are(name, name, name, name[], text) returns text language sql as $$
  select @extschema@._tap_names(array(
    select privilege from unnest(
      array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
    where has_table_privilege($3, format('%I.%I', $1, $2), privilege)), $4::text[], $5)
$$;
create function table_privs_are(name, name, name, name[]) returns text language sql as $$
  select @extschema@.table_privs_are($1, $2, $3, $4, null)
$$;
create function fk_ok(name, name, name, name, name, name, text) returns text language sql as $$
  select @extschema@.ok(@extschema@._tap_key($1, $2, array[$3], 'f'), $7)
$$;
create function fk_ok(name, name, name, name, name, name) returns text language sql as $$
  select @extschema@.fk_ok($1, $2, $3, $4, $5, $6, null)
$$;
create function pgtap_version() returns numeric language sql immutable return 1.3;
create function pg_version() returns text language sql stable return current_setting('server_version');
create function pg_version_num() returns integer language sql stable return current_setting('server_version_num')::integer;
