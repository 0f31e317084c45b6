-- Stands in for postgis_sfcgal, of which a shadow has no function.
-- requires: postgis
-- version: 3.3.7

select;
