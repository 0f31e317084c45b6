-- Stands in for pg_repack: nothing is repacked.

select;
