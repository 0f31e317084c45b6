-- Stands in for pg_stat_monitor: no statistics are kept.
-- version: 2.1
-- preloaded

select;
