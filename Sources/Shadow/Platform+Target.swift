internal import Migrations
package import Postgres

extension Platform {
  /// What a target has of its own.
  ///
  /// The defaults are those of the moment before the first migration, because migrations change them, and a shadow
  /// begins before the first. So they are read from a target without a history, kept in it by the first promotion
  /// (`Deployment.defaults`), and from then on taken from there. Of a target whose history others began nobody knows
  /// them any more: then they are the profile's. (Only whose `public` is can be told before PostgreSQL 15, where it is
  /// still that of the role that made the cluster, under whatever name.)
  ///
  /// - Parameters:
  ///   - isNew: Whether the target's history is empty.
  ///   - backing: Of a target that is Penstock's own, which is not in its catalogs; nil for any other.
  package static func read(
    _ profile: Profile, isNew: Bool, backing: Backing? = nil, from connection: isolated Connection
  ) async throws(PostgresError) -> Platform {
    let kept = try await PenstockTables.defaults(from: connection)
    let row = try await connection.query(query)[0]
    let (migrationRole, roles, names, defaults, maker, found) =
      try row.decode(String.self, String.self, String.self, String.self, String?.self, String.self)
    return Platform(
      profile, migrationRole: migrationRole,
      backing: backing ?? Backing(rawValue: found) ?? (profile == .supabase ? .platform : .nobody),
      roles: roles, roleNames: names, defaults: kept ?? (isNew ? defaults : maker))
  }

  /// PostgreSQL's own roles are everywhere; those that a superuser could become count as granted to it.
  private static let query = """
    select
      current_user::text,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'name', r.rolname,
          'attributes', to_jsonb(array_remove(array[
            case when r.rolsuper then 'superuser' end, case when r.rolcreatedb then 'createdb' end,
            case when r.rolcreaterole then 'createrole' end, case when r.rolreplication then 'replication' end,
            case when r.rolbypassrls then 'bypassrls' end], null)),
          'granted', pg_has_role(current_user, r.oid, 'member'),
          'administered', pg_has_role(current_user, r.oid, 'member with admin option'),
          'memberships', (
            select coalesce(jsonb_agg(distinct pg_get_userbyid(m.roleid)), '[]') from pg_auth_members m
            where m.member = r.oid and pg_get_userbyid(m.roleid) !~ '^pg_'
          )) order by r.rolname), '[]')
        from pg_roles r
        where r.rolname !~ '^pg_'
      )::text,
      (
        select coalesce(jsonb_agg(r.rolname order by r.rolname), '[]') from pg_roles r where r.rolname !~ '^pg_'
      )::text,
      jsonb_build_object(
        'public', (
          select jsonb_build_object(
            'owner', pg_get_userbyid(n.nspowner),
            'grants', \(grants("coalesce(n.nspacl, acldefault('n', n.nspowner))")))
          from pg_namespace n where n.nspname = 'public'
        ),
        'defaultPrivileges', (
          select coalesce(jsonb_agg(jsonb_build_object(
            'role', pg_get_userbyid(d.defaclrole), 'schema', n.nspname, 'kind', d.defaclobjtype,
            'grants', \(grants("d.defaclacl"))) order by pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype), '[]')
          from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
          where n.nspname is null or n.nspname = 'public'
        )
      )::text,
      (
        select jsonb_build_object('public', jsonb_build_object('owner', pg_get_userbyid(n.nspowner)))::text
        from pg_namespace n
        where n.nspname = 'public' and n.nspowner = 10 and current_setting('server_version_num')::int < 150000
      ),
      (
        select case
          when own.rolsuper then 'superuser'
          -- The roles by which hosted platforms let others than superusers do some of what those may.
          when exists (
            select from pg_roles r where r.rolname in (
              'rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser', 'azure_pg_admin', 'neon_superuser')
              and pg_has_role(current_user, r.oid, 'member')) then 'platform'
          else ''
        end
        from pg_roles own where own.rolname = current_user
      )
    """

  private static func grants(_ acl: String) -> String {
    """
    (select coalesce(jsonb_agg(jsonb_build_object(
      'grantee', case a.grantee when 0 then null else pg_get_userbyid(a.grantee) end,
      'privilege', a.privilege_type, 'grantable', a.is_grantable
    ) order by a.grantee::regrole::text, a.privilege_type), '[]') from aclexplode(nullif(\(acl), '{}')) a)
    """
  }
}
