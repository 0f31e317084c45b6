-- Stands in for pgaudit: its settings are accepted and nothing is logged.

select;
