extension FactQuery {
  /// One fact a grantee. An object whose list is NULL has the defaults of `acldefault`, spelt out, so that it equals
  /// one where the same was granted by hand.
  ///
  /// All that a table or sequence of this server's version can grant is written `ALL`, so that a server that knows one
  /// privilege more does not differ everywhere. Lists are alike by the thousand, so each different one is read once.
  static let relationGrants = grants(
    """
    select
      r.oid as relation, r.kind, r.schema, r.name, null as arguments, null as column,
      case r.relkind when 'S' then 's' else 'r' end::"char" as type, c.relowner as owner,
      coalesce(c.relacl::text, '') as acl
    from relation r join pg_class c using (oid)
    where r.relkind <> 'c'
    union all
    select r.oid, r.kind, r.schema, r.name, null, a.attname::text, 'c', c.relowner, a.attacl::text
    from relation r join pg_class c using (oid)
    join pg_attribute a on a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
    """, relation: "p.relation")

  static func otherGrants(serverVersion: Int) -> FactQuery {
    grants(
      """
      select r.kind, r.schema, r.name, r.arguments, null as column, 'f'::"char" as type, p.proowner as owner,
        coalesce(p.proacl::text, '') as acl
      from routine r join pg_proc p using (oid)
      union all
      select 'schema', null, n.name, null, null, 'n', s.nspowner, coalesce(s.nspacl::text, '')
      from namespace n join pg_namespace s using (oid)
      where ('pg_namespace'::regclass, n.oid) not in (select classid, objid from member)
      union all
      select y.kind, y.schema, y.name, null, null, 'T', t.typowner, coalesce(t.typacl::text, '')
      from named_type y join pg_type t using (oid)
      union all
      select kind, schema, name, arguments, null, type, owner, acl from other_object
      union all
      -- Of the languages that are there from the beginning, only what was changed.
      select 'language', null, lanname::text, null, null, 'l', lanowner, lanacl::text
      from pg_language where lanacl is not null and oid < 16384
      """, tables: CatalogKind.table(serverVersion: serverVersion, onlyGrantable: true))
  }

  /// - Parameter privileged: A query for all that can be granted, with the lists of grants.
  private static func grants(_ privileged: String, tables: String = "", relation: String = "null") -> FactQuery {
    FactQuery(
      kind: .grant, objectKind: "p.kind", schema: "p.schema", name: "p.name", arguments: "p.arguments",
      memberKind: "case when p.column is not null then 'column' end", member: "p.column",
      qualifier: """
        a.grantee || case when a.grantor <> p.owner then ' by ' || pg_get_userbyid(a.grantor) else '' end
        """,
      relation: relation,
      attributes: [
        "grantee": "a.grantee",
        "privileges": "a.privileges",
        "with grant option": "a.grantable",
      ],
      tables: """
        \(tables.isEmpty ? "" : tables + ",")
        privileged as materialized (
        \(privileged)
        ),
        acl as materialized (
          select
            type, owner, acl, grantor,
            case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end as grantee,
            \(privileges(type: "type", owner: "owner")) as privileges,
            string_agg(privilege_type, ', ' order by privilege_type collate "C") filter (where is_grantable) as grantable
          from (select distinct type, owner, acl from privileged) a
          -- An empty list has no dimension, which aclexplode refuses.
          cross join aclexplode(
            case acl when '' then acldefault(type, owner) when '{}' then null else acl::aclitem[] end) e
          group by type, owner, acl, e.grantee, grantor
        )
        """,
      source: """
        from privileged p
        join acl a on a.type = p.type and a.owner = p.owner and a.acl = p.acl
        """
    )
  }

  /// What `ALTER DEFAULT PRIVILEGES` says, one fact for each role, schema and kind of object.
  static let defaultPrivileges = FactQuery(
    objectKind: "'default privileges'", schema: "n.nspname", name: "pg_get_userbyid(d.defaclrole)",
    qualifier: """
      case d.defaclobjtype
        when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
        when 'n' then 'schemas' else d.defaclobjtype::text
      end
      """,
    attributes: [
      "privileges": """
      select string_agg(grantee || ': ' || privileges, '; ' order by grantee collate "C")
      from (
        select
          case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee,
          \(privileges(type: "k.type", owner: "d.defaclrole"))
            || coalesce(' (with grant option: ' || string_agg(privilege_type, ', ' order by privilege_type collate "C")
              filter (where is_grantable) || ')', '') as privileges
        from aclexplode(nullif(d.defaclacl, '{}')),
          (select case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end) k (type)
        group by grantee, k.type
      ) grants
      """
    ],
    source: """
      from pg_default_acl d
      left join pg_namespace n on n.oid = d.defaclnamespace
      where n.oid is null or n.nspname !~ $1
      """
  )

  private static func privileges(type: String, owner: String) -> String {
    """
    case
      when \(type) in ('r', 's') and count(*) = (select count(*) from aclexplode(acldefault(\(type), \(owner))))
      then 'ALL'
      else string_agg(privilege_type, ', ' order by privilege_type collate "C")
    end
    """
  }
}
