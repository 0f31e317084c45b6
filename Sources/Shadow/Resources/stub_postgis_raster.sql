-- Stands in for postgis_raster: a type whose values are kept as they are written.
-- requires: postgis
-- version: 3.3.7

create type raster;
create function raster_in(cstring) returns raster language internal immutable strict parallel safe as 'textin';
create function raster_out(raster) returns cstring language internal immutable strict parallel safe as 'textout';
create type raster (input = raster_in, output = raster_out, storage = extended);
