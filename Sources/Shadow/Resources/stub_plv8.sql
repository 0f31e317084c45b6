-- Stands in for plv8: functions in JavaScript can be created, unread, and fail when they are called.
-- version: 3.1.10
-- schema: pg_catalog

create function plv8_call_handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create trusted language plv8 handler plv8_call_handler;
create function plv8_version() returns text language sql immutable return '3.1.10'::text;
create function plv8_reset() returns void language sql as $$ $$;
