-- Stands in for hypopg where Debian's package of it is not installed: no hypothetical index is ever used.
-- version: 1.4.1

create function hypopg_create_index(sql_order text, out indexrelid oid, out indexname text) returns setof record
language sql as $$ select 0::oid, '<0>'::text $$;
create function hypopg_drop_index(indexid oid) returns boolean language sql as $$ select true $$;
create function hypopg_reset() returns void language sql as $$ $$;
create function hypopg_reset_index() returns void language sql as $$ $$;
create function hypopg_relation_size(indexid oid) returns bigint language sql as $$ select 0::bigint $$;
create function hypopg_get_indexdef(indexid oid) returns text language sql as $$ select null::text $$;
