-- Stands in for PGroonga: its indexes can be made and index nothing, and its operators look for every word of one text
-- in another, without a language's rules.
-- version: 3.2.5
-- relocatable

create access method pgroonga type index handler brinhandler;

create function _pgroonga_has(text, text) returns boolean language sql immutable parallel safe strict
  return not exists (
    select from regexp_split_to_table(trim($2), '\s+') as word where strpos(lower($1), lower(word)) = 0);
create function pgroonga_match_term(text, text) returns boolean language sql immutable parallel safe strict
  return strpos(lower($1), lower($2)) > 0;
create function pgroonga_query_text(text, text) returns boolean language sql immutable parallel safe strict
  return _pgroonga_has($1, $2);
create function pgroonga_query_text_array(text[], text) returns boolean language sql immutable parallel safe strict
  return _pgroonga_has(array_to_string($1, ' '), $2);
create function pgroonga_query_jsonb(jsonb, text) returns boolean language sql immutable parallel safe strict
  return _pgroonga_has($1::text, $2);
create function pgroonga_match_text_array(text[], text) returns boolean language sql immutable parallel safe strict
  return _pgroonga_has(array_to_string($1, ' '), $2);
create function pgroonga_prefix(text, text) returns boolean language sql immutable parallel safe strict
  return starts_with(lower($1), lower($2));
create function pgroonga_contain_any(text, text[]) returns boolean language sql immutable parallel safe strict
  return exists (select from unnest($2) as query where _pgroonga_has($1, query));
create operator &@ (leftarg = text, rightarg = text, function = pgroonga_match_term);
create operator &@ (leftarg = text[], rightarg = text, function = pgroonga_match_text_array);
create operator &@ (leftarg = jsonb, rightarg = text, function = pgroonga_query_jsonb);
create operator &@~ (leftarg = text, rightarg = text, function = pgroonga_query_text);
create operator &@~ (leftarg = text[], rightarg = text, function = pgroonga_query_text_array);
create operator &@~ (leftarg = jsonb, rightarg = text, function = pgroonga_query_jsonb);
create operator &@* (leftarg = text, rightarg = text, function = pgroonga_query_text);
create operator &^ (leftarg = text, rightarg = text, function = pgroonga_prefix);
create operator &@| (leftarg = text, rightarg = text[], function = pgroonga_contain_any);
create operator &` (leftarg = text, rightarg = text, function = pgroonga_query_text);
create operator &` (leftarg = jsonb, rightarg = text, function = pgroonga_query_jsonb);
create operator %% (leftarg = text, rightarg = text, function = pgroonga_match_term);
create operator @@ (leftarg = text, rightarg = text, function = pgroonga_query_text);

do $$
declare
  class record;
begin
  for class in
    select * from (values
      ('pgroonga_text_full_text_search_ops_v2 default', 'text', 'text'),
      ('pgroonga_text_full_text_search_ops', 'text', 'text'), ('pgroonga_text_term_search_ops_v2', 'text', 'text'),
      ('pgroonga_text_regexp_ops_v2', 'text', 'text'),
      ('pgroonga_varchar_term_search_ops_v2 default', 'varchar', 'text'),
      ('pgroonga_varchar_full_text_search_ops_v2', 'varchar', 'text'),
      ('pgroonga_text_array_full_text_search_ops_v2 default', 'text[]', 'anyarray'),
      ('pgroonga_text_array_term_search_ops_v2', 'text[]', 'anyarray'),
      ('pgroonga_varchar_array_term_search_ops_v2 default', 'varchar[]', 'anyarray'),
      ('pgroonga_jsonb_ops_v2 default', 'jsonb', 'jsonb'), ('pgroonga_jsonb_full_text_search_ops_v2', 'jsonb', 'jsonb'),
      ('pgroonga_uuid_ops default', 'uuid', 'uuid'), ('pgroonga_bool_ops default', 'bool', 'bool'),
      ('pgroonga_int4_ops default', 'int4', 'int4'), ('pgroonga_int8_ops default', 'int8', 'int8'),
      ('pgroonga_int2_ops default', 'int2', 'int2'), ('pgroonga_float8_ops default', 'float8', 'float8'),
      ('pgroonga_timestamp_ops default', 'timestamp', 'timestamp'),
      ('pgroonga_timestamptz_ops default', 'timestamptz', 'timestamptz')
    ) as classes (name, kind, compared)
  loop
    execute format(
      'create operator class %1$s for type %2$s using pgroonga as'
        ' operator 1 pg_catalog.< (%3$s, %3$s), operator 2 pg_catalog.<= (%3$s, %3$s),'
        ' operator 3 pg_catalog.= (%3$s, %3$s), operator 4 pg_catalog.>= (%3$s, %3$s),'
        ' operator 5 pg_catalog.> (%3$s, %3$s),'
        ' function 1 pg_catalog.brin_minmax_opcinfo(internal),'
        ' function 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),'
        ' function 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),'
        ' function 4 pg_catalog.brin_minmax_union(internal, internal, internal)',
      class.name, class.kind, class.compared);
  end loop;
end
$$;

create function pgroonga_score(tableoid oid, ctid tid) returns double precision language sql immutable return 1;
create function pgroonga_score("row" record) returns double precision language plpgsql immutable as $$
begin
  return 1;
end
$$;
create function pgroonga_command(command text) returns text language sql return '[[0,0,0],true]'::text;
create function pgroonga_snippet_html(target text, keywords text[], width integer default 200) returns text[]
  language sql immutable parallel safe return array[target];
create function pgroonga_highlight_html(target text, keywords text[]) returns text
  language sql immutable parallel safe return target;
create function pgroonga_query_extract_keywords(query text, index_name text default '') returns text[]
  language sql immutable parallel safe return regexp_split_to_array(query, '\s+');
create function pgroonga_query_escape(query text) returns text language sql immutable parallel safe return query;
create function pgroonga_normalize(target text, normalizername text default '') returns text
  language sql immutable parallel safe return lower(target);
create function pgroonga_tokenize(target text, variadic options text[]) returns json[]
  language sql immutable parallel safe return array[json_build_object('value', target)];
create function pgroonga_escape(value text) returns text language sql immutable parallel safe return quote_literal(value);
create function pgroonga_condition(
  query text default null, weights integer[] default null, scorers text[] default null, schema_name text default null,
  index_name text default null, column_name text default null
) returns text language sql immutable parallel safe return query;
