-- Stands in for pg_stat_monitor: no statistics are kept.

select;
