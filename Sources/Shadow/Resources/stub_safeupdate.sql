-- Stands in for safeupdate: no statement is refused.
-- version: 1.5
-- preloaded

select;
