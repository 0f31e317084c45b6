-- Stands in for RUM where Debian's package of it is not installed: GIN under its name, which answers the same searches,
-- and distances without an index's help.
-- version: 1.3
-- relocatable

create access method rum type index handler ginhandler;
create operator class rum_tsvector_ops default for type tsvector using rum as
  operator 1 pg_catalog.@@ (tsvector, tsquery), operator 2 pg_catalog.@@@ (tsvector, tsquery),
  function 1 pg_catalog.gin_cmp_tslexeme(text, text),
  function 2 pg_catalog.gin_extract_tsvector(tsvector, internal, internal),
  function 3 pg_catalog.gin_extract_tsquery(tsvector, internal, smallint, internal, internal, internal, internal),
  function 4 pg_catalog.gin_tsquery_consistent(
    internal, smallint, tsvector, integer, internal, internal, internal, internal),
  function 5 pg_catalog.gin_cmp_prefix(text, text, smallint, internal),
  function 6 pg_catalog.gin_tsquery_triconsistent(
    internal, smallint, tsvector, integer, internal, internal, internal),
  storage text;
create operator class rum_tsvector_hash_ops for type tsvector using rum as
  operator 1 pg_catalog.@@ (tsvector, tsquery),
  function 1 pg_catalog.gin_cmp_tslexeme(text, text),
  function 2 pg_catalog.gin_extract_tsvector(tsvector, internal, internal),
  function 3 pg_catalog.gin_extract_tsquery(tsvector, internal, smallint, internal, internal, internal, internal),
  function 4 pg_catalog.gin_tsquery_consistent(
    internal, smallint, tsvector, integer, internal, internal, internal, internal),
  function 5 pg_catalog.gin_cmp_prefix(text, text, smallint, internal),
  function 6 pg_catalog.gin_tsquery_triconsistent(
    internal, smallint, tsvector, integer, internal, internal, internal),
  storage text;

create function rum_ts_distance(tsvector, tsquery) returns real language sql immutable strict parallel safe
  return 1 / nullif(ts_rank($1, $2), 0);
create function rum_ts_score(tsvector, tsquery) returns real language sql immutable strict parallel safe
  return ts_rank($1, $2);
create function rum_timestamp_distance(timestamp, timestamp) returns double precision
  language sql immutable strict parallel safe return abs(extract(epoch from $1 - $2));
create operator <=> (leftarg = tsvector, rightarg = tsquery, function = rum_ts_distance);
create operator <=> (leftarg = timestamp, rightarg = timestamp, function = rum_timestamp_distance, commutator = <=>);
