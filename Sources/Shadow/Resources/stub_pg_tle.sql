-- Stands in for pg_tle: what is installed with it is written down, and none of it becomes an extension.
-- version: 1.4.0
-- schema: pgtle
-- preloaded

create table pgtle.installed (name text, version text, description text, script text, requires text[]);

create function pgtle.install_extension(name text, version text, description text, ext text, requires text[] default null)
returns boolean language sql as $$
  insert into pgtle.installed values (name, version, description, ext, requires) returning true
$$;
create function pgtle.install_update_path(name text, fromvers text, tovers text, ext text) returns boolean
language sql as $$ select true $$;
create function pgtle.uninstall_extension(extname text) returns boolean language sql as $$
  delete from pgtle.installed where name = extname returning true
$$;
create function pgtle.uninstall_extension_if_exists(extname text) returns boolean language sql as $$
  delete from pgtle.installed where name = extname returning true
$$;
create function pgtle.set_default_version(name text, version text) returns boolean language sql as $$ select true $$;
create function pgtle.available_extensions() returns table (name name, default_version text, comment text)
language sql as $$ select name::name, version, description from pgtle.installed $$;

grant usage on schema pgtle to public;
grant all on pgtle.installed to public;
