-- Stands in for pgRouting: there is no way from anywhere to anywhere.
-- requires: postgis
-- version: 3.4.1

do $$
declare
  name text;
  kind text;
begin
  foreach name in array array['pgr_dijkstra', 'pgr_astar', 'pgr_bddijkstra', 'pgr_ksp'] loop
    foreach kind in array array['bigint, bigint', 'bigint, anyarray', 'anyarray, bigint', 'anyarray, anyarray'] loop
      execute format(
        'create function %I(text, %s, directed boolean default true, out seq integer, out path_seq integer,'
          ' out start_vid bigint, out end_vid bigint, out node bigint, out edge bigint, out cost float8,'
          ' out agg_cost float8) returns setof record language sql as'
          ' ''select null::integer, null::integer, null::bigint, null::bigint, null::bigint, null::bigint, null::float8,'
          ' null::float8 where false''', name, kind);
    end loop;
  end loop;
end
$$;
create function pgr_version() returns text language sql immutable return '3.4.1'::text;
create function pgr_createtopology(
  text, double precision, the_geom text default 'the_geom', id text default 'id', source text default 'source',
  target text default 'target', rows_where text default 'true', clean boolean default false
) returns varchar language sql return 'OK'::varchar;
