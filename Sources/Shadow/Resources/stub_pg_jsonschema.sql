-- Stands in for pg_jsonschema: every document matches every schema.
-- version: 0.3.3

create function json_matches_schema(schema json, instance json) returns boolean
  language sql immutable strict parallel safe return true;
create function jsonb_matches_schema(schema json, instance jsonb) returns boolean
  language sql immutable strict parallel safe return true;
create function jsonschema_is_valid(schema json) returns boolean
  language sql immutable strict parallel safe return true;
create function jsonschema_validation_errors(schema json, instance json) returns text[]
  language sql immutable strict parallel safe return '{}'::text[];
