-- Stands in for PostGIS where Debian's package of it is not installed: its types, the functions of its manual that
-- applications call, its operators and index methods.
--
-- A geometry is kept as the text that it was written as, with `SRID=n;` in front where it has one; a point is also
-- read from hexadecimal EWKB. Points, their distances (on a sphere) and what is made of coordinates come out right.
-- Relations are those of the bounding boxes, distances of other shapes those of their corners, and what would have to be
-- computed (buffer, union, transformation) is the first argument unchanged. A type's modifier, as in
-- geography(Point, 4326), is taken and not shown again. Indexes can be made and are never used.
-- version: 3.3.7

-- The types. No internal function reads a list of words as a modifier: it becomes a number that tells modifiers apart.
create type geometry;
create function geometry_in(cstring) returns geometry language internal immutable strict parallel safe as 'textin';
create function geometry_out(geometry) returns cstring language internal immutable strict parallel safe as 'textout';
create function geometry_recv(internal) returns geometry language internal immutable strict parallel safe as 'textrecv';
create function geometry_send(geometry) returns bytea language internal immutable strict parallel safe as 'textsend';
create function geometry_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create function geometry_typmod_out(integer) returns cstring
  language internal immutable strict parallel safe as 'void_out';
create type geometry (
  input = geometry_in, output = geometry_out, receive = geometry_recv, send = geometry_send,
  typmod_in = geometry_typmod_in, typmod_out = geometry_typmod_out, delimiter = ':', storage = main);

create type geography;
create function geography_in(cstring, oid, integer) returns geography
  language internal immutable strict parallel safe as 'textin';
create function geography_out(geography) returns cstring language internal immutable strict parallel safe as 'textout';
create function geography_recv(internal, oid, integer) returns geography
  language internal immutable strict parallel safe as 'textrecv';
create function geography_send(geography) returns bytea language internal immutable strict parallel safe as 'textsend';
create function geography_typmod_in(cstring[]) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';
create function geography_typmod_out(integer) returns cstring
  language internal immutable strict parallel safe as 'void_out';
create type geography (
  input = geography_in, output = geography_out, receive = geography_recv, send = geography_send,
  typmod_in = geography_typmod_in, typmod_out = geography_typmod_out, delimiter = ':', storage = main);

create type box2d;
create function box2d_in(cstring) returns box2d language internal immutable strict parallel safe as 'textin';
create function box2d_out(box2d) returns cstring language internal immutable strict parallel safe as 'textout';
create type box2d (input = box2d_in, output = box2d_out);

create type box3d;
create function box3d_in(cstring) returns box3d language internal immutable strict parallel safe as 'textin';
create function box3d_out(box3d) returns cstring language internal immutable strict parallel safe as 'textout';
create type box3d (input = box3d_in, output = box3d_out);

create type spheroid;
create function spheroid_in(cstring) returns spheroid language internal immutable strict parallel safe as 'textin';
create function spheroid_out(spheroid) returns cstring language internal immutable strict parallel safe as 'textout';
create type spheroid (input = spheroid_in, output = spheroid_out);

create type geometry_dump as (path integer[], geom geometry);
create type valid_detail as (valid boolean, reason varchar, location geometry);

create cast (geometry as text) without function as implicit;
create cast (text as geometry) without function as implicit;
create cast (geometry as geography) without function as implicit;
create cast (geography as geometry) without function;

-- Taking a geometry apart.

create function _gis_double(hex text) returns double precision language sql immutable strict parallel safe
begin atomic
  select case
    when bits & x'7fffffffffffffff'::bigint = 0 then 0
    else
      (case when bits < 0 then -1 else 1 end)
      * (1 + (bits & x'000fffffffffffff'::bigint) / 4503599627370496.0)::double precision
      * 2::double precision ^ (((bits >> 52) & 2047) - 1023)
    end
  from (
    select ('x' || string_agg(substr(hex, at, 2), '' order by at desc))::bit(64)::bigint as bits
    from generate_series(1, 15, 2) as at
  ) as reversed;
end;

-- Well-known text, in capitals, of a value that is hexadecimal as well, if it is a point.
create function _gis_wkt(geometry) returns text language sql immutable strict parallel safe
begin atomic
  select case
    when $1::text !~ '^01[0-9A-Fa-f]{8,}$' then upper(regexp_replace($1::text, '^\s*SRID=\d+;\s*', '', 'i'))
    when $1::text ~* '^0101000020' and length($1::text) >= 50
    then format('POINT(%s %s)', _gis_double(substr($1::text, 19, 16)), _gis_double(substr($1::text, 35, 16)))
    when $1::text ~* '^0101000000' and length($1::text) >= 42
    then format('POINT(%s %s)', _gis_double(substr($1::text, 11, 16)), _gis_double(substr($1::text, 27, 16)))
    end;
end;

create function _gis_made(wkt text, srid integer) returns geometry language sql immutable parallel safe
  return case when srid <> 0 then format('SRID=%s;%s', srid, wkt) else wkt end::geometry;

create function st_srid(geom geometry) returns integer language sql immutable strict parallel safe
  return coalesce(
    (regexp_match($1::text, '^\s*SRID=(\d+);', 'i'))[1]::integer,
    case when $1::text ~* '^01[0-9a-f]{6}20[0-9a-f]{8}'
      then ('x' || substr($1::text, 17, 2) || substr($1::text, 15, 2) || substr($1::text, 13, 2) || substr($1::text, 11, 2))
        ::bit(32)::integer end,
    0);
create function st_srid(geog geography) returns integer language sql immutable strict parallel safe
  return coalesce(nullif(st_srid(geog::geometry), 0), 4326);
create function st_setsrid(geom geometry, srid integer) returns geometry language sql immutable strict parallel safe
  return _gis_made(coalesce(_gis_wkt(geom), geom::text), srid);
create function st_setsrid(geog geography, srid integer) returns geography language sql immutable strict parallel safe
  return _gis_made(coalesce(_gis_wkt(geog::geometry), geog::text), srid)::geography;

create function _gis_numbers(text) returns double precision[] language sql immutable strict parallel safe
begin atomic
  select array_agg(m[1]::double precision)
  from regexp_matches(regexp_replace($1, '^[^(]*', ''), '[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?', 'g') as m;
end;
-- How many numbers make a point.
create function st_ndims(geometry) returns smallint language sql immutable strict parallel safe
  return coalesce(
    cardinality(regexp_split_to_array(trim((regexp_match(_gis_wkt($1), '\(\s*([^(),]+)[,)]'))[1]), '\s+')), 2)::smallint;
create function _gis_points(geometry) returns table (place integer, x double precision, y double precision)
language sql immutable strict parallel safe
begin atomic
  select ((at - 1) / size + 1)::integer, max(number) filter (where (at - 1) % size = 0),
    max(number) filter (where (at - 1) % size = 1)
  from (select st_ndims($1)::integer as size offset 0) as shape,
    unnest(_gis_numbers(_gis_wkt($1))) with ordinality as numbers (number, at)
  group by 1 order by 1;
end;
create function _gis_type(geometry) returns text language sql immutable strict parallel safe
  return (regexp_match(_gis_wkt($1), '^\s*([A-Z]+?)\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)'))[1];

create function box2d(geometry) returns box2d language sql immutable strict parallel safe
begin atomic
  select format('BOX(%s %s,%s %s)', min(x), min(y), max(x), max(y))::text::box2d
  from _gis_points($1) having count(*) > 0;
end;
create function box3d(geometry) returns box3d language sql immutable strict parallel safe
begin atomic
  select format('BOX3D(%s %s 0,%s %s 0)', min(x), min(y), max(x), max(y))::text::box3d
  from _gis_points($1) having count(*) > 0;
end;
create function box2d(box3d) returns box2d language sql immutable strict parallel safe
begin atomic
  select format('BOX(%s %s,%s %s)', n[1], n[2], n[4], n[5])::text::box2d from _gis_numbers($1::text) as n;
end;
create function box3d(box2d) returns box3d language sql immutable strict parallel safe
begin atomic
  select format('BOX3D(%s %s 0,%s %s 0)', n[1], n[2], n[3], n[4])::text::box3d from _gis_numbers($1::text) as n;
end;
create function geometry(box2d) returns geometry language sql immutable strict parallel safe
begin atomic
  select format('POLYGON((%1$s %2$s,%1$s %4$s,%3$s %4$s,%3$s %2$s,%1$s %2$s))', n[1], n[2], n[3], n[4])::text::geometry
  from _gis_numbers($1::text) as n;
end;
create function geometry(box3d) returns geometry language sql immutable strict parallel safe
  return geometry(box2d($1));
create function geometry(point) returns geometry language sql immutable strict parallel safe
  return format('POINT(%s %s)', $1[0], $1[1])::text::geometry;
create function point(geometry) returns point language sql immutable strict parallel safe
begin atomic
  select point(x, y) from _gis_points($1) limit 1;
end;
create function geometry(bytea) returns geometry language sql immutable strict parallel safe
  return encode($1, 'hex')::geometry;
create function bytea(geometry) returns bytea language sql immutable strict parallel safe
  return case when $1::text ~ '^01[0-9A-Fa-f]{8,}$' then decode($1::text, 'hex') else convert_to($1::text, 'UTF8') end;
create function geography(bytea) returns geography language sql immutable strict parallel safe
  return encode($1, 'hex')::geometry::geography;
create function bytea(geography) returns bytea language sql immutable strict parallel safe
  return bytea($1::geometry);
create cast (geometry as box2d) with function box2d(geometry) as implicit;
create cast (geometry as box3d) with function box3d(geometry) as implicit;
create cast (box3d as box2d) with function box2d(box3d) as implicit;
create cast (box2d as box3d) with function box3d(box2d) as implicit;
create cast (box2d as geometry) with function geometry(box2d) as implicit;
create cast (box3d as geometry) with function geometry(box3d) as implicit;
create cast (point as geometry) with function geometry(point);
create cast (geometry as point) with function point(geometry);
create cast (bytea as geometry) with function geometry(bytea) as implicit;
create cast (geometry as bytea) with function bytea(geometry) as implicit;
create cast (bytea as geography) with function geography(bytea) as implicit;
create cast (geography as bytea) with function bytea(geography) as implicit;

do $$
begin
  execute (
    select string_agg(
      format(
        'create function %s(box3d) returns double precision language sql immutable strict parallel safe'
          ' return (_gis_numbers($1::text))[%s]', name, place), ';' order by place)
    from unnest(array['st_xmin', 'st_ymin', 'st_zmin', 'st_xmax', 'st_ymax', 'st_zmax']) with ordinality
      as corners (name, place));
end
$$;
create function st_x(geometry) returns double precision language sql immutable strict parallel safe
  return case when _gis_type($1) = 'POINT' then (_gis_numbers(_gis_wkt($1)))[1] end;
create function st_y(geometry) returns double precision language sql immutable strict parallel safe
  return case when _gis_type($1) = 'POINT' then (_gis_numbers(_gis_wkt($1)))[2] end;
create function st_z(geometry) returns double precision language sql immutable strict parallel safe
  return case when _gis_type($1) = 'POINT' then (_gis_numbers(_gis_wkt($1)))[3] end;
create function st_m(geometry) returns double precision language sql immutable strict parallel safe
  return case when _gis_type($1) = 'POINT' then (_gis_numbers(_gis_wkt($1)))[4] end;
create function st_coorddim(geometry geometry) returns smallint language sql immutable strict parallel safe
  return st_ndims(geometry);
create function geometrytype(geometry) returns text language sql immutable strict parallel safe return _gis_type($1);
create function geometrytype(geography) returns text language sql immutable strict parallel safe
  return _gis_type($1::geometry);
create function st_geometrytype(geometry) returns text language sql immutable strict parallel safe
  return 'ST_' || case _gis_type($1)
    when 'LINESTRING' then 'LineString' when 'MULTIPOINT' then 'MultiPoint' when 'MULTIPOLYGON' then 'MultiPolygon'
    when 'MULTILINESTRING' then 'MultiLineString' when 'GEOMETRYCOLLECTION' then 'GeometryCollection'
    else initcap(_gis_type($1)) end;
create function st_dimension(geometry) returns integer language sql immutable strict parallel safe
  return case when _gis_type($1) like '%POINT' then 0 when _gis_type($1) like '%LINESTRING' then 1 else 2 end;
create function st_isempty(geometry) returns boolean language sql immutable strict parallel safe
  return coalesce(_gis_wkt($1) like '%EMPTY', false);
create function st_npoints(geometry) returns integer language sql immutable strict parallel safe
begin atomic
  select count(*)::integer from _gis_points($1);
end;
create function st_numpoints(geometry) returns integer language sql immutable strict parallel safe
  return case when _gis_type($1) = 'LINESTRING' then st_npoints($1) end;
create function st_pointn(geometry, integer) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('POINT(%s %s)', x, y), st_srid($1)) from _gis_points($1) where place = $2;
end;
create function st_startpoint(geometry) returns geometry language sql immutable strict parallel safe
  return st_pointn($1, 1);
create function st_endpoint(geometry) returns geometry language sql immutable strict parallel safe
  return st_pointn($1, st_npoints($1));
create function st_isclosed(geometry) returns boolean language sql immutable strict parallel safe
  return st_startpoint($1)::text = st_endpoint($1)::text;
create function st_isring(geometry) returns boolean language sql immutable strict parallel safe return st_isclosed($1);

-- Making one of coordinates, text and JSON.

create function st_makepoint(double precision, double precision) returns geometry
  language sql immutable strict parallel safe return format('POINT(%s %s)', $1, $2)::text::geometry;
create function st_makepoint(double precision, double precision, double precision) returns geometry
  language sql immutable strict parallel safe return format('POINT Z (%s %s %s)', $1, $2, $3)::text::geometry;
create function st_makepoint(double precision, double precision, double precision, double precision) returns geometry
  language sql immutable strict parallel safe return format('POINT ZM (%s %s %s %s)', $1, $2, $3, $4)::text::geometry;
create function st_makepointm(double precision, double precision, double precision) returns geometry
  language sql immutable strict parallel safe return format('POINT M (%s %s %s)', $1, $2, $3)::text::geometry;
create function st_point(double precision, double precision) returns geometry
  language sql immutable strict parallel safe return st_makepoint($1, $2);
create function st_point(double precision, double precision, srid integer) returns geometry
  language sql immutable strict parallel safe return st_setsrid(st_makepoint($1, $2), srid);
create function st_makeenvelope(
  double precision, double precision, double precision, double precision, integer default 0
) returns geometry language sql immutable strict parallel safe
  return _gis_made(format('POLYGON((%1$s %2$s,%1$s %4$s,%3$s %4$s,%3$s %2$s,%1$s %2$s))', $1, $2, $3, $4), $5);
create function st_makebox2d(geom1 geometry, geom2 geometry) returns box2d language sql immutable strict parallel safe
  return format('BOX(%s %s,%s %s)', st_x(geom1), st_y(geom1), st_x(geom2), st_y(geom2))::text::box2d;
create function st_tileenvelope(
  zoom integer, x integer, y integer, bounds geometry default null, margin double precision default 0.0
) returns geometry language sql immutable parallel safe
begin atomic
  select st_makeenvelope(x * size - half, half - (y + 1) * size, (x + 1) * size - half, half - y * size, 3857)
  from (values (20037508.342789244::double precision)) as world (half), lateral (select 2 * half / 2 ^ zoom as size) as tile;
end;

do $$
declare
  name text;
begin
  foreach name in array array[
    'st_geomfromtext', 'st_geometryfromtext', 'st_pointfromtext', 'st_linefromtext', 'st_polyfromtext',
    'st_polygonfromtext', 'st_mpointfromtext', 'st_mlinefromtext', 'st_mpolyfromtext', 'st_geomcollfromtext'
  ] loop
    execute format(
      'create function %1$I(text) returns geometry language sql immutable strict parallel safe return $1::geometry;'
        ' create function %1$I(text, integer) returns geometry language sql immutable strict parallel safe'
        ' return _gis_made($1, $2)', name);
  end loop;
end
$$;
create function st_geomfromewkt(text) returns geometry language sql immutable strict parallel safe return $1::geometry;
create function st_geogfromtext(text) returns geography language sql immutable strict parallel safe
  return $1::geometry::geography;
create function st_geographyfromtext(text) returns geography language sql immutable strict parallel safe
  return $1::geometry::geography;
create function st_geomfromwkb(bytea) returns geometry language sql immutable strict parallel safe return geometry($1);
create function st_geomfromwkb(bytea, integer) returns geometry language sql immutable strict parallel safe
  return st_setsrid(geometry($1), $2);
create function st_geomfromewkb(bytea) returns geometry language sql immutable strict parallel safe return geometry($1);
create function st_geogfromwkb(bytea) returns geography language sql immutable strict parallel safe return geography($1);
create function st_pointfromgeohash(text, integer default null) returns geometry language sql immutable parallel safe
  return 'POINT(0 0)'::text::geometry;
create function st_geomfromgeohash(text, integer default null) returns geometry language sql immutable parallel safe
  return 'POINT(0 0)'::text::geometry;
create function st_linefromencodedpolyline(txtin text, nprecision integer default 5) returns geometry
  language sql immutable strict parallel safe return 'SRID=4326;LINESTRING EMPTY'::text::geometry;

create function st_geomfromgeojson(jsonb) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(
    upper($1 ->> 'type')
      || case when $1 ->> 'type' = 'Point' then format('(%s)', coordinates) else translate(coordinates, '[]', '()') end,
    4326)
  from regexp_replace(
    $1 ->> 'coordinates', '\[\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*(?:,\s*[-+.\deE]+\s*)?\]', '\1 \2', 'g') as coordinates;
end;
create function st_geomfromgeojson(json) returns geometry language sql immutable strict parallel safe
  return st_geomfromgeojson($1::jsonb);
create function st_geomfromgeojson(text) returns geometry language sql immutable strict parallel safe
  return st_geomfromgeojson($1::jsonb);

create function st_asgeojson(geom geometry, maxdecimaldigits integer default 9, options integer default 8) returns text
language sql immutable strict parallel safe
begin atomic
  select format('{"type":"%s","coordinates":%s}', substr(st_geometrytype(geom), 4),
    case when _gis_type(geom) = 'POINT' then substr(list, 2, length(list) - 2) else list end)
  from translate(
    regexp_replace(
      regexp_replace(_gis_wkt(geom), '^[^(]*', ''), '([-+.\dE]+)\s+([-+.\dE]+)(?:\s+([-+.\dE]+))?', '[\1,\2]', 'g'),
    '() ', '[]') as list;
end;
create function st_asgeojson(geog geography, maxdecimaldigits integer default 9, options integer default 0) returns text
  language sql immutable strict parallel safe return st_asgeojson(geog::geometry, maxdecimaldigits, options);
create function st_asgeojson(text) returns text
  language sql immutable strict parallel safe return st_asgeojson($1::geometry, 9, 0);
create function st_asgeojson(
  r record, geom_column text default '', maxdecimaldigits integer default 9, pretty_bool boolean default false
) returns text language plpgsql stable strict parallel safe as $$
begin
  return jsonb_build_object('type', 'Feature', 'geometry', null, 'properties', to_jsonb(r));
end
$$;
create function "json"(geometry) returns json language sql immutable strict parallel safe return st_asgeojson($1)::json;
create function jsonb(geometry) returns jsonb language sql immutable strict parallel safe return st_asgeojson($1)::jsonb;
create cast (geometry as json) with function "json"(geometry);
create cast (geometry as jsonb) with function jsonb(geometry);

create function st_astext(geometry) returns text language sql immutable strict parallel safe
  return coalesce(_gis_wkt($1), $1::text);
create function st_astext(geometry, integer) returns text language sql immutable strict parallel safe
  return st_astext($1);
create function st_astext(geography) returns text language sql immutable strict parallel safe
  return st_astext($1::geometry);
create function st_astext(geography, integer) returns text language sql immutable strict parallel safe
  return st_astext($1::geometry);
create function st_astext(text) returns text language sql immutable strict parallel safe
  return st_astext($1::geometry);
create function st_asewkt(geometry) returns text language sql immutable strict parallel safe
  return case when st_srid($1) = 0 then st_astext($1) else format('SRID=%s;%s', st_srid($1), st_astext($1)) end;
create function st_asewkt(geometry, integer) returns text language sql immutable strict parallel safe
  return st_asewkt($1);
create function st_asewkt(geography) returns text language sql immutable strict parallel safe
  return st_asewkt($1::geometry);
create function st_asewkt(text) returns text language sql immutable strict parallel safe
  return st_asewkt($1::geometry);
create function st_ashexewkb(geometry) returns text language sql immutable strict parallel safe
  return upper(encode(bytea($1), 'hex'));
create function st_asbinary(geometry) returns bytea language sql immutable strict parallel safe return bytea($1);
create function st_asbinary(geometry, text) returns bytea language sql immutable strict parallel safe return bytea($1);
create function st_asbinary(geography) returns bytea language sql immutable strict parallel safe return bytea($1);
create function st_asewkb(geometry) returns bytea language sql immutable strict parallel safe return bytea($1);
create function st_askml(geom geometry, maxdecimaldigits integer default 15, nprefix text default '') returns text
  language sql immutable strict parallel safe return st_astext(geom);
create function st_assvg(geom geometry, rel integer default 0, maxdecimaldigits integer default 15) returns text
  language sql immutable strict parallel safe return st_astext(geom);
create function st_asencodedpolyline(geom geometry, nprecision integer default 5) returns text
  language sql immutable strict parallel safe return st_astext(geom);
create function st_geohash(geom geometry, maxchars integer default 0) returns text
  language sql immutable strict parallel safe return md5(st_astext(geom));
create function st_geohash(geog geography, maxchars integer default 0) returns text
  language sql immutable strict parallel safe return md5(st_astext(geog));
create function st_summary(geometry) returns text language sql immutable strict parallel safe
  return st_geometrytype($1);

-- Measuring.

create function st_distance(geom1 geometry, geom2 geometry) returns double precision
language sql immutable strict parallel safe
begin atomic
  select min(sqrt((a.x - b.x) ^ 2 + (a.y - b.y) ^ 2)) from _gis_points(geom1) as a, _gis_points(geom2) as b;
end;
create function st_distancesphere(geom1 geometry, geom2 geometry, radius double precision) returns double precision
language sql immutable strict parallel safe
begin atomic
  select min(
    2 * radius * asin(least(1, sqrt(
      sind((b.y - a.y) / 2) ^ 2 + cosd(a.y) * cosd(b.y) * sind((b.x - a.x) / 2) ^ 2))))
  from _gis_points(geom1) as a, _gis_points(geom2) as b;
end;
create function st_distancesphere(geom1 geometry, geom2 geometry) returns double precision
  language sql immutable strict parallel safe return st_distancesphere(geom1, geom2, 6371008.7714);
create function st_distancespheroid(geom1 geometry, geom2 geometry) returns double precision
  language sql immutable strict parallel safe return st_distancesphere(geom1, geom2);
create function st_distancespheroid(geom1 geometry, geom2 geometry, spheroid) returns double precision
  language sql immutable strict parallel safe return st_distancesphere(geom1, geom2);
create function st_distance(geog1 geography, geog2 geography, use_spheroid boolean default true)
returns double precision language sql immutable strict parallel safe
  return st_distancesphere(geog1::geometry, geog2::geometry);
create function st_distance(text, text) returns double precision language sql immutable strict parallel safe
  return st_distance($1::geometry, $2::geometry);
create function st_maxdistance(geom1 geometry, geom2 geometry) returns double precision
language sql immutable strict parallel safe
begin atomic
  select max(sqrt((a.x - b.x) ^ 2 + (a.y - b.y) ^ 2)) from _gis_points(geom1) as a, _gis_points(geom2) as b;
end;
create function st_hausdorffdistance(geom1 geometry, geom2 geometry) returns double precision
  language sql immutable strict parallel safe return st_maxdistance(geom1, geom2);
create function st_dwithin(geom1 geometry, geom2 geometry, double precision) returns boolean
  language sql immutable strict parallel safe return st_distance(geom1, geom2) <= $3;
create function st_dwithin(
  geog1 geography, geog2 geography, tolerance double precision, use_spheroid boolean default true
) returns boolean language sql immutable strict parallel safe return st_distance(geog1, geog2, true) <= tolerance;
create function st_dwithin(text, text, double precision) returns boolean
  language sql immutable strict parallel safe return st_distance($1::geometry, $2::geometry) <= $3;
create function st_dfullywithin(geom1 geometry, geom2 geometry, double precision) returns boolean
  language sql immutable strict parallel safe return st_maxdistance(geom1, geom2) <= $3;
create function st_azimuth(geom1 geometry, geom2 geometry) returns double precision
language sql immutable strict parallel safe
  return atan2(st_x(geom2) - st_x(geom1), st_y(geom2) - st_y(geom1));
create function st_azimuth(geog1 geography, geog2 geography) returns double precision
language sql immutable strict parallel safe return st_azimuth(geog1::geometry, geog2::geometry);

create function st_length(geometry) returns double precision language sql immutable strict parallel safe
begin atomic
  select coalesce(sum(sqrt((a.x - b.x) ^ 2 + (a.y - b.y) ^ 2)), 0)
  from _gis_points($1) as a join _gis_points($1) as b on b.place = a.place + 1 where st_dimension($1) = 1;
end;
create function st_length(geog geography, use_spheroid boolean default true) returns double precision
language sql immutable strict parallel safe
begin atomic
  select coalesce(sum(st_distancesphere(st_makepoint(a.x, a.y), st_makepoint(b.x, b.y))), 0)
  from _gis_points(geog::geometry) as a join _gis_points(geog::geometry) as b on b.place = a.place + 1
  where st_dimension(geog::geometry) = 1;
end;
create function st_length(text) returns double precision language sql immutable strict parallel safe
  return st_length($1::geometry);
create function st_perimeter(geometry) returns double precision language sql immutable strict parallel safe
begin atomic
  select coalesce(sum(sqrt((a.x - b.x) ^ 2 + (a.y - b.y) ^ 2)), 0)
  from _gis_points($1) as a join _gis_points($1) as b on b.place = a.place + 1 where st_dimension($1) = 2;
end;
create function st_area(geometry) returns double precision language sql immutable strict parallel safe
begin atomic
  select coalesce(abs(sum(a.x * b.y - b.x * a.y)) / 2, 0)
  from _gis_points($1) as a join _gis_points($1) as b on b.place = a.place + 1 where st_dimension($1) = 2;
end;
create function st_area(geog geography, use_spheroid boolean default true) returns double precision
language sql immutable strict parallel safe
begin atomic
  select st_area(geog::geometry) * 111194.9 ^ 2 * coalesce(avg(cosd(y)), 1) from _gis_points(geog::geometry);
end;
create function st_area(text) returns double precision language sql immutable strict parallel safe
  return st_area($1::geometry);
create function st_perimeter(geog geography, use_spheroid boolean default true) returns double precision
language sql immutable strict parallel safe return st_perimeter(geog::geometry) * 111194.9;

-- Relations, between bounding boxes.

create function _gis_overlaps(geometry, geometry) returns boolean language sql immutable strict parallel safe
  return st_xmin(box3d($1)) <= st_xmax(box3d($2)) and st_xmax(box3d($1)) >= st_xmin(box3d($2))
    and st_ymin(box3d($1)) <= st_ymax(box3d($2)) and st_ymax(box3d($1)) >= st_ymin(box3d($2));
create function _gis_contains(geometry, geometry) returns boolean language sql immutable strict parallel safe
  return st_xmin(box3d($1)) <= st_xmin(box3d($2)) and st_xmax(box3d($1)) >= st_xmax(box3d($2))
    and st_ymin(box3d($1)) <= st_ymin(box3d($2)) and st_ymax(box3d($1)) >= st_ymax(box3d($2));
do $$
declare
  relation record;
begin
  for relation in
    select * from (values
      ('st_intersects', '_gis_overlaps($1, $2)', true), ('st_covers', '_gis_contains($1, $2)', true),
      ('st_coveredby', '_gis_contains($2, $1)', true), ('st_contains', '_gis_contains($1, $2)', false),
      ('st_containsproperly', '_gis_contains($1, $2)', false), ('st_within', '_gis_contains($2, $1)', false),
      ('st_touches', '_gis_overlaps($1, $2)', false), ('st_crosses', '_gis_overlaps($1, $2)', false),
      ('st_overlaps', '_gis_overlaps($1, $2)', false), ('st_disjoint', 'not _gis_overlaps($1, $2)', false),
      ('st_equals', 'st_astext($1) = st_astext($2)', false), ('st_3dintersects', '_gis_overlaps($1, $2)', false),
      ('st_orderingequals', 'st_astext($1) = st_astext($2)', false)
    ) as relations (name, answer, is_for_all)
  loop
    execute format(
      'create function %I(geom1 geometry, geom2 geometry) returns boolean language sql immutable strict parallel safe'
        ' return %s', relation.name, relation.answer);
    continue when not relation.is_for_all;
    execute format(
      'create function %1$I(geog1 geography, geog2 geography) returns boolean language sql immutable strict parallel safe'
        ' return %1$I($1::geometry, $2::geometry);'
        ' create function %1$I(text, text) returns boolean language sql immutable strict parallel safe'
        ' return %1$I($1::geometry, $2::geometry)', relation.name);
  end loop;
end
$$;
create function st_relate(geom1 geometry, geom2 geometry) returns text language sql immutable strict parallel safe
  return case when _gis_overlaps(geom1, geom2) then '212101212' else 'FF2FF1212' end;
create function st_relate(geom1 geometry, geom2 geometry, text) returns boolean
  language sql immutable strict parallel safe return _gis_overlaps(geom1, geom2);

-- Shapes of shapes.

create function st_envelope(geometry) returns geometry language sql immutable strict parallel safe
  return st_setsrid(geometry(box2d($1)), st_srid($1));
create function st_expand(geometry, double precision) returns geometry language sql immutable strict parallel safe
  return st_makeenvelope(st_xmin(box3d($1)) - $2, st_ymin(box3d($1)) - $2, st_xmax(box3d($1)) + $2,
    st_ymax(box3d($1)) + $2, st_srid($1));
create function st_expand(box2d, double precision) returns box2d language sql immutable strict parallel safe
  return box2d(st_expand(geometry($1), $2));
create function st_centroid(geometry) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('POINT(%s %s)', avg(x), avg(y)), st_srid($1)) from _gis_points($1) having count(*) > 0;
end;
create function st_centroid(geography, use_spheroid boolean default true) returns geography
  language sql immutable strict parallel safe return st_centroid($1::geometry)::geography;
create function st_centroid(text) returns geometry language sql immutable strict parallel safe
  return st_centroid($1::geometry);
create function st_pointonsurface(geometry) returns geometry language sql immutable strict parallel safe
  return st_centroid($1);
create function st_closestpoint(geom1 geometry, geom2 geometry) returns geometry
language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('POINT(%s %s)', a.x, a.y), st_srid(geom1))
  from _gis_points(geom1) as a, _gis_points(geom2) as b order by (a.x - b.x) ^ 2 + (a.y - b.y) ^ 2 limit 1;
end;
create function st_makeline(geometry[]) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('LINESTRING(%s)', string_agg(p.x || ' ' || p.y, ',' order by g.place, p.place)), st_srid($1[1]))
  from unnest($1) with ordinality as g (shape, place), _gis_points(g.shape) as p;
end;
create function st_makeline(geom1 geometry, geom2 geometry) returns geometry language sql immutable strict parallel safe
  return st_makeline(array[geom1, geom2]);
create function st_shortestline(geom1 geometry, geom2 geometry) returns geometry
  language sql immutable strict parallel safe
  return st_makeline(st_closestpoint(geom1, geom2), st_closestpoint(geom2, geom1));
create function st_makepolygon(geometry) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('POLYGON((%s))', string_agg(x || ' ' || y, ',' order by place)), st_srid($1))
  from _gis_points($1);
end;
create function st_polygon(geometry, integer) returns geometry language sql immutable strict parallel safe
  return st_setsrid(st_makepolygon($1), $2);
create function st_collect(geometry[]) returns geometry language sql immutable strict parallel safe
begin atomic
  select _gis_made(format('GEOMETRYCOLLECTION(%s)', string_agg(_gis_wkt(shape), ',')), st_srid($1[1]))
  from unnest($1) as shape;
end;
create function st_collect(geom1 geometry, geom2 geometry) returns geometry language sql immutable parallel safe
  return st_collect(array_remove(array[geom1, geom2], null));
create function st_union(geometry[]) returns geometry language sql immutable strict parallel safe return st_collect($1);
create function st_union(geom1 geometry, geom2 geometry) returns geometry language sql immutable strict parallel safe
  return st_collect(geom1, geom2);
create function st_project(geog geography, distance double precision, azimuth double precision) returns geography
language sql immutable strict parallel safe
  return _gis_made(
    format('POINT(%s %s)',
      st_x(geog::geometry) + distance * sin(azimuth) / (111194.9 * cosd(st_y(geog::geometry))),
      st_y(geog::geometry) + distance * cos(azimuth) / 111194.9), 4326)::geography;
create function st_dump(geometry) returns setof geometry_dump language sql immutable strict parallel safe
begin atomic
  select '{}'::integer[], $1;
end;
create function st_dumprings(geometry) returns setof geometry_dump language sql immutable strict parallel safe
begin atomic
  select '{0}'::integer[], $1;
end;
create function st_dumppoints(geometry) returns setof geometry_dump language sql immutable strict parallel safe
begin atomic
  select array[place], _gis_made(format('POINT(%s %s)', x, y), st_srid($1)) from _gis_points($1);
end;
create function st_subdivide(geom geometry, maxvertices integer default 256, gridsize double precision default -1.0)
returns setof geometry language sql immutable strict parallel safe
begin atomic
  select geom;
end;
create function st_hexagongrid(size double precision, bounds geometry, out geom geometry, out i integer, out j integer)
returns setof record language sql immutable strict parallel safe
begin atomic
  select bounds, 0, 0;
end;
create function st_squaregrid(size double precision, bounds geometry, out geom geometry, out i integer, out j integer)
returns setof record language sql immutable strict parallel safe
begin atomic
  select bounds, 0, 0;
end;

-- Of these the first argument is the answer.
do $$
declare
  signature text;
begin
  foreach signature in array array[
    'st_transform(geometry, integer)', 'st_transform(geom geometry, to_proj text)',
    'st_transform(geom geometry, from_proj text, to_proj text)',
    'st_transform(geom geometry, from_proj text, to_srid integer)',
    'st_buffer(geom geometry, radius float8, options text default '''')',
    'st_buffer(geom geometry, radius float8, quadsegs integer)',
    'st_convexhull(geometry)', 'st_unaryunion(geometry, gridsize float8 default -1.0)', 'st_makevalid(geometry)',
    'st_concavehull(param_geom geometry, param_pctconvex float8, param_allow_holes boolean default false)',
    'st_makevalid(geom geometry, params text)', 'st_boundary(geometry)', 'st_points(geometry)', 'st_reverse(geometry)',
    'st_intersection(geom1 geometry, geom2 geometry, gridsize float8 default -1)',
    'st_difference(geom1 geometry, geom2 geometry, gridsize float8 default -1.0)',
    'st_symdifference(geom1 geometry, geom2 geometry, gridsize float8 default -1.0)',
    'st_simplify(geometry, float8)', 'st_simplify(geometry, float8, boolean)',
    'st_simplifypreservetopology(geometry, float8)', 'st_simplifyvw(geometry, float8)',
    'st_snaptogrid(geometry, float8)', 'st_snaptogrid(geometry, float8, float8)',
    'st_snap(geom1 geometry, geom2 geometry, float8)', 'st_segmentize(geometry, float8)', 'st_linemerge(geometry)',
    'st_linesubstring(geometry, float8, float8)', 'st_multi(geometry)', 'st_collectionextract(geometry)',
    'st_collectionextract(geometry, integer)', 'st_force2d(geometry)', 'st_forcecollection(geometry)',
    'st_force3d(geom geometry, zvalue float8 default 0.0)', 'st_flipcoordinates(geometry)',
    'st_forcepolygoncw(geometry)', 'st_forcepolygonccw(geometry)', 'st_forcerhr(geometry)',
    'st_translate(geometry, float8, float8)', 'st_translate(geometry, float8, float8, float8)',
    'st_scale(geometry, float8, float8)', 'st_scale(geometry, float8, float8, float8)', 'st_scale(geometry, geometry)',
    'st_rotate(geometry, float8)', 'st_rotate(geometry, float8, float8, float8)', 'st_rotate(geometry, float8, geometry)',
    'st_removerepeatedpoints(geom geometry, tolerance float8 default 0.0)',
    'st_split(geom1 geometry, geom2 geometry)', 'st_node(g geometry)', 'st_normalize(geom geometry)',
    'st_voronoipolygons(g1 geometry, tolerance float8 default 0.0, extend_to geometry default null)',
    'st_delaunaytriangles(g1 geometry, tolerance float8 default 0.0, flags integer default 0)',
    'st_addpoint(geom1 geometry, geom2 geometry)', 'st_addpoint(geom1 geometry, geom2 geometry, integer)',
    'st_setpoint(geometry, integer, geometry)', 'st_removepoint(geometry, integer)',
    'st_generatepoints(area geometry, npoints integer)', 'st_exteriorring(geometry)',
    'st_interiorringn(geometry, integer)', 'st_geometryn(geometry, integer)', 'st_shiftlongitude(geometry)',
    'st_clipbybox2d(geom geometry, box box2d)', 'st_quantizecoordinates(g geometry, prec_x integer)',
    'st_offsetcurve(line geometry, distance float8, params text default '''')', 'st_buildarea(geometry)',
    'st_minimumboundingcircle(inputgeom geometry, segs_per_quarter integer default 48)',
    'st_orientedenvelope(geometry)', 'st_geometricmedian(g geometry)',
    'st_asmvtgeom(geom geometry, bounds box2d, extent integer default 4096, buffer integer default 256,'
      ' clip_geom boolean default true)'
  ] loop
    execute format('create function %s returns geometry language sql immutable parallel safe return $1', signature);
  end loop;
  foreach signature in array array[
    'st_buffer(geography, float8)', 'st_buffer(geography, float8, integer)', 'st_buffer(geography, float8, text)',
    'st_intersection(geography, geography)', 'st_segmentize(geog geography, max_segment_length float8)'
  ] loop
    execute format('create function %s returns geography language sql immutable parallel safe return $1', signature);
  end loop;
end
$$;
create function st_lineinterpolatepoint(geometry, double precision) returns geometry
  language sql immutable strict parallel safe return st_startpoint($1);
create function st_linelocatepoint(geom1 geometry, geom2 geometry) returns double precision
  language sql immutable strict parallel safe return 0;
create function st_isvalid(geometry) returns boolean language sql immutable strict parallel safe return true;
create function st_isvalid(geometry, integer) returns boolean language sql immutable strict parallel safe return true;
create function st_isvalidreason(geometry) returns text language sql immutable strict parallel safe
  return 'Valid Geometry'::text;
create function st_issimple(geometry) returns boolean language sql immutable strict parallel safe return true;
create function st_numgeometries(geometry) returns integer language sql immutable strict parallel safe return 1;
create function st_numinteriorrings(geometry) returns integer language sql immutable strict parallel safe return 0;
create function st_memsize(geometry) returns integer language sql immutable strict parallel safe
  return octet_length($1::text);
create function st_estimatedextent(text, text) returns box2d language sql stable parallel safe return null::box2d;
create function st_estimatedextent(text, text, text) returns box2d language sql stable parallel safe
  return null::box2d;
-- Every row is its own cluster.
create function st_clusterdbscan(geometry, eps double precision, minpoints integer) returns integer
  language internal window immutable parallel safe as 'window_row_number';
create function st_clusterkmeans(geom geometry, k integer, max_radius double precision default null) returns integer
  language internal window immutable parallel safe as 'window_row_number';

create aggregate st_collect(geometry) (sfunc = array_append, stype = geometry[], finalfunc = st_collect);
create aggregate st_union(geometry) (sfunc = array_append, stype = geometry[], finalfunc = st_collect);
create aggregate st_memunion(geometry) (sfunc = array_append, stype = geometry[], finalfunc = st_collect);
create aggregate st_polygonize(geometry) (sfunc = array_append, stype = geometry[], finalfunc = st_collect);
create aggregate st_makeline(geometry) (sfunc = array_append, stype = geometry[], finalfunc = st_makeline);
create function _gis_extent(geometry[]) returns box2d language sql immutable strict parallel safe
  return box2d(st_collect($1));
create aggregate st_extent(geometry) (sfunc = array_append, stype = geometry[], finalfunc = _gis_extent);
do $$
declare
  more text;
begin
  foreach more in array array['', ', text', ', text, integer', ', text, integer, text', ', text, integer, text, text'] loop
    execute format(
      'create function _gis_tile(bytea, anyelement%1$s) returns bytea language sql immutable parallel safe'
        ' as ''select $1'';'
        ' create aggregate st_asmvt(anyelement%1$s) (sfunc = _gis_tile, stype = bytea, initcond = '''')', more);
  end loop;
end
$$;

-- Operators and indexes. The comparisons are of the text; so that lists can be sorted and rows told apart.

do $$
declare
  kind text;
  comparison record;
begin
  foreach kind in array array['geometry', 'geography'] loop
    for comparison in
      select * from (values
        ('lt', '<', '>', '>='), ('le', '<=', '>=', '>'), ('eq', '=', '=', null), ('ge', '>=', '<=', '<'),
        ('gt', '>', '<', '<=')
      ) as comparisons (name, sign, commutator, negator)
    loop
      execute format(
        'create function %1$s_%2$s(%1$s, %1$s) returns boolean language internal immutable strict parallel safe'
          ' as ''bytea%2$s''', kind, comparison.name);
      execute format(
        'create operator %2$s (leftarg = %1$s, rightarg = %1$s, function = %1$s_%3$s, commutator = %4$s%5$s)',
        kind, comparison.sign, comparison.name, comparison.commutator,
        ', negator = ' || comparison.negator);
    end loop;
    execute format(
      'create function %1$s_cmp(%1$s, %1$s) returns integer language internal immutable strict parallel safe'
        ' as ''byteacmp'';'
        ' create operator class btree_%1$s_ops default for type %1$s using btree as'
        ' operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 %1$s_cmp(%1$s, %1$s);'
        ' create function %1$s_hash(%1$s) returns integer language internal immutable strict parallel safe'
        ' as ''hashvarlena'';'
        ' create operator class hash_%1$s_ops default for type %1$s using hash as'
        ' operator 1 =, function 1 %1$s_hash(%1$s);'
        ' create operator class brin_%1$s_inclusion_ops%2$s default for type %1$s using brin as'
        ' operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,'
        ' function 1 pg_catalog.brin_minmax_opcinfo(internal),'
        ' function 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),'
        ' function 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),'
        ' function 4 pg_catalog.brin_minmax_union(internal, internal, internal)',
      kind, case when kind = 'geometry' then '_2d' else '' end);
  end loop;
end
$$;

create operator && (leftarg = geometry, rightarg = geometry, function = _gis_overlaps, commutator = &&);
create operator &&& (leftarg = geometry, rightarg = geometry, function = _gis_overlaps, commutator = &&&);
create operator ~ (leftarg = geometry, rightarg = geometry, function = _gis_contains, commutator = @);
create operator @ (leftarg = geometry, rightarg = geometry, function = st_within, commutator = ~);
create operator ~= (leftarg = geometry, rightarg = geometry, function = st_equals);
create operator <-> (leftarg = geometry, rightarg = geometry, function = st_distance, commutator = <->);
create operator <#> (leftarg = geometry, rightarg = geometry, function = st_distance, commutator = <#>);
create operator && (leftarg = geography, rightarg = geography, function = st_intersects, commutator = &&);
create function geography_distance_knn(geography, geography) returns double precision
  language sql immutable strict parallel safe return st_distance($1, $2, true);
create operator <-> (
  leftarg = geography, rightarg = geography, function = geography_distance_knn, commutator = <->);
create function _gis_left(geometry, geometry) returns boolean language sql immutable strict parallel safe
  return st_xmax(box3d($1)) < st_xmin(box3d($2));
create function _gis_right(geometry, geometry) returns boolean language sql immutable strict parallel safe
  return st_xmin(box3d($1)) > st_xmax(box3d($2));
create operator << (leftarg = geometry, rightarg = geometry, function = _gis_left, commutator = >>);
create operator >> (leftarg = geometry, rightarg = geometry, function = _gis_right, commutator = <<);

-- What an index keeps of a value is the signature that pg_trgm makes of a text, which is never too long for a page.
create type gidx;
create function gidx_in(cstring) returns gidx language internal immutable strict parallel safe as 'textin';
create function gidx_out(gidx) returns cstring language internal immutable strict parallel safe as 'textout';
create type gidx (input = gidx_in, output = gidx_out, storage = plain);
create function _gis_compress(internal) returns internal
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_compress';
create function _gis_decompress(internal) returns internal
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_decompress';
create function _gis_penalty(internal, internal, internal) returns internal
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_penalty';
create function _gis_picksplit(internal, internal) returns internal
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_picksplit';
create function _gis_union(internal, internal) returns gidx
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_union';
create function _gis_same(gidx, gidx, internal) returns internal
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_same';
create function _gis_consistent(internal, geometry, smallint, oid, internal) returns boolean
  language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_consistent';
do $$
declare
  class record;
begin
  for class in
    select * from (values
      ('gist_geometry_ops_2d default', 'geometry'), ('gist_geometry_ops_nd', 'geometry'),
      ('gist_geography_ops default', 'geography')) as classes (name, kind)
  loop
    execute format(
      'create operator class %s for type %s using gist as'
        ' function 1 _gis_consistent(internal, geometry, smallint, oid, internal), function 2 _gis_union(internal, internal),'
        ' function 3 _gis_compress(internal), function 4 _gis_decompress(internal),'
        ' function 5 _gis_penalty(internal, internal, internal), function 6 _gis_picksplit(internal, internal),'
        ' function 7 _gis_same(gidx, gidx, internal), storage gidx', class.name, class.kind);
  end loop;
end
$$;

-- The catalog.

create table spatial_ref_sys (
  srid integer primary key check (srid > 0 and srid <= 998999),
  auth_name varchar(256),
  auth_srid integer,
  srtext varchar(2048),
  proj4text varchar(2048)
);
insert into spatial_ref_sys (srid, auth_name, auth_srid, proj4text) values
  (4326, 'EPSG', 4326, '+proj=longlat +datum=WGS84 +no_defs'), (3857, 'EPSG', 3857, '+proj=merc +a=6378137 +b=6378137');

create view geometry_columns as
  select current_database()::varchar(256) as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geometry_column, 2 as coord_dimension, 0 as srid, 'GEOMETRY'::varchar(30) as type
  from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
  where c.relkind in ('r', 'v', 'm', 'f', 'p') and t.typname = 'geometry'
    and has_table_privilege(c.oid, 'select');
create view geography_columns as
  select current_database()::name as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geography_column, 2 as coord_dimension, 4326 as srid, 'Geometry'::text as type
  from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    join pg_namespace n on n.oid = c.relnamespace join pg_type t on t.oid = a.atttypid
  where c.relkind in ('r', 'v', 'm', 'f', 'p') and t.typname = 'geography'
    and has_table_privilege(c.oid, 'select');
grant select on spatial_ref_sys, geometry_columns, geography_columns to public;

create function postgis_version() returns text language sql immutable
  return '3.3 USE_GEOS=1 USE_PROJ=1 USE_STATS=1'::text;
create function postgis_lib_version() returns text language sql immutable return '3.3.7'::text;
create function postgis_full_version() returns text language sql immutable
  return 'POSTGIS="3.3.7" (Penstock''s stand-in)'::text;
create function find_srid(varchar, varchar, varchar) returns integer language sql stable return 0;
create function addgeometrycolumn(
  schema_name varchar, table_name varchar, column_name varchar, new_srid integer, new_type varchar, new_dim integer,
  use_typmod boolean default true
) returns text language plpgsql as $$
begin
  execute format('alter table %s add column %I @extschema@.geometry(%s, %s)',
    concat_ws('.', quote_ident(nullif(schema_name, '')), quote_ident(table_name)), column_name, new_type, new_srid);
  return format('%s.%s.%s SRID:%s TYPE:%s DIMS:%s', schema_name, table_name, column_name, new_srid, new_type, new_dim);
end
$$;
create function addgeometrycolumn(
  table_name varchar, column_name varchar, new_srid integer, new_type varchar, new_dim integer,
  use_typmod boolean default true
) returns text language sql as $$
  select @extschema@.addgeometrycolumn('', table_name, column_name, new_srid, new_type, new_dim, use_typmod)
$$;
