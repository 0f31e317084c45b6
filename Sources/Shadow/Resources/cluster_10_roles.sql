-- Before PostgreSQL 16, whoever may create roles may also grant every role that is no superuser, to itself too: those
-- with which a session runs programs and reads and writes the files of the machine among them. The platform reserves
-- their memberships (`supautils.reserved_memberships`); here they are marked as superusers, whose memberships are for
-- superusers to grant in every version.

update pg_catalog.pg_authid set rolsuper = true
where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') and not rolsuper;

-- Of a server that ran before this was so.
delete from pg_catalog.pg_auth_members m using pg_catalog.pg_authid r
where r.oid = m.roleid and r.rolsuper and r.rolname ~ '^pg_';
