-- Stands in for safeupdate: no statement is refused.

select;
