-- Stands in for pg_repack: nothing is repacked.
-- version: 1.5.2

select;
