-- Stands in for postgis_topology: its catalog, which stays empty.
-- requires: postgis
-- version: 3.3.7
-- schema: topology

create table topology (
  id serial primary key, name varchar not null unique, srid integer not null, "precision" double precision not null,
  hasz boolean not null default false);
create table layer (
  topology_id integer not null references topology (id), layer_id integer not null, schema_name varchar not null,
  table_name varchar not null, feature_column varchar not null, feature_type integer not null,
  level integer not null default 0, child_id integer, primary key (layer_id, topology_id));
grant usage on schema topology to public;
grant select on topology, layer to public;
