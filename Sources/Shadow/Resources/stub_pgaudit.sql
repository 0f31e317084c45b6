-- Stands in for pgaudit: its settings are accepted and nothing is logged.
-- version: 1.7
-- preloaded

select;
