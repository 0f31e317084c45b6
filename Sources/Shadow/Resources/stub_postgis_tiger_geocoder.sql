-- Stands in for postgis_tiger_geocoder: its schema, without the data of which it would be nothing anyway.
-- requires: postgis, fuzzystrmatch
-- version: 3.3.7
-- schema: tiger

create type norm_addy as (
  address integer, predirabbrev varchar, streetname varchar, streettypeabbrev varchar, postdirabbrev varchar,
  internal varchar, location varchar, stateabbrev varchar, zip varchar, parsed boolean, zip4 varchar,
  address_alphanumeric varchar);
create function normalize_address(in_rawinput varchar) returns norm_addy language sql immutable
  return null::norm_addy;
