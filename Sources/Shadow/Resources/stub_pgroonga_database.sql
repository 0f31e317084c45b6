-- Stands in for PGroonga's administration of its own database, of which a shadow has none.
-- requires: pgroonga
-- version: 3.2.5

create function pgroonga_database_remove() returns boolean language sql return true;
