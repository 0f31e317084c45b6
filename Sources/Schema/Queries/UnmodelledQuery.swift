internal import Postgres

/// The query that counts what no fact describes, so that two schemas that differ in it are never called equal without
/// a word.
///
/// It looks over every catalog that can hold an object of a user's; the objects of extensions, of schemas out of
/// scope, and those that `initdb` made do not count.
enum UnmodelledQuery {
  /// How many names are given of one kind.
  static let nameLimit = 5

  static func query(scope: Scope) -> Query {
    let branches = kinds.map {
      "select \(literal($0.kind)) as kind, (\($0.name))::text as name\n\($0.source)"
    }
    return Query(
      """
      with \(FactQuery.commonTables),
      found as (
        \(branches.joined(separator: "\nunion all\n"))
      )
      select kind, count(*), (array_agg(name order by name collate "C"))[:\(nameLimit)]
      from found
      group by kind
      order by kind collate "C"
      """,
      scope.parameters + [[Int64]?.none]
    )
  }

  private static func literal(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }

  private struct Kind {
    var kind: String
    var name: String
    var source: String
  }

  /// A kind whose objects live in schemas.
  private static func inSchemas(
    _ kind: String, catalog: String, name: String, schema: String, where condition: String = "true"
  ) -> Kind {
    Kind(
      kind: kind, name: "format('%I.%I', n.name, o.\(name))",
      source: """
        from \(catalog) o join namespace n on n.oid = o.\(schema)
        where (\(condition)) and ('\(catalog)'::regclass, o.oid) not in (select classid, objid from member)
        """)
  }

  /// A kind whose objects belong to the database; `initdb`'s own have small numbers.
  private static func inDatabase(_ kind: String, catalog: String, name: String, where condition: String = "true")
    -> Kind
  {
    Kind(
      kind: kind, name: name,
      source: """
        from \(catalog) o
        where o.oid >= 16384 and (\(condition))
          and ('\(catalog)'::regclass, o.oid) not in (select classid, objid from member)
        """)
  }

  private static let kinds: [Kind] = [
    inSchemas(
      "base type", catalog: "pg_type", name: "typname", schema: "typnamespace",
      where: "o.typtype = 'b' and o.typcategory <> 'A' or o.typtype = 'p'"),
    inSchemas("collation", catalog: "pg_collation", name: "collname", schema: "collnamespace"),
    inSchemas("conversion", catalog: "pg_conversion", name: "conname", schema: "connamespace"),
    inSchemas(
      "foreign table", catalog: "pg_class", name: "relname", schema: "relnamespace", where: "o.relkind = 'f'"),
    inSchemas("operator", catalog: "pg_operator", name: "oprname", schema: "oprnamespace"),
    inSchemas("operator class", catalog: "pg_opclass", name: "opcname", schema: "opcnamespace"),
    inSchemas("operator family", catalog: "pg_opfamily", name: "opfname", schema: "opfnamespace"),
    inSchemas("range type", catalog: "pg_type", name: "typname", schema: "typnamespace", where: "o.typtype = 'r'"),
    inSchemas("statistics object", catalog: "pg_statistic_ext", name: "stxname", schema: "stxnamespace"),
    inSchemas("text search configuration", catalog: "pg_ts_config", name: "cfgname", schema: "cfgnamespace"),
    inSchemas("text search dictionary", catalog: "pg_ts_dict", name: "dictname", schema: "dictnamespace"),
    inSchemas("text search parser", catalog: "pg_ts_parser", name: "prsname", schema: "prsnamespace"),
    inSchemas("text search template", catalog: "pg_ts_template", name: "tmplname", schema: "tmplnamespace"),
    inDatabase("access method", catalog: "pg_am", name: "o.amname"),
    inDatabase(
      "cast", catalog: "pg_cast",
      name: "format('(%s AS %s)', format_type(o.castsource, null), format_type(o.casttarget, null))"),
    inDatabase("foreign-data wrapper", catalog: "pg_foreign_data_wrapper", name: "quote_ident(o.fdwname)"),
    inDatabase("foreign server", catalog: "pg_foreign_server", name: "quote_ident(o.srvname)"),
    inDatabase("language", catalog: "pg_language", name: "quote_ident(o.lanname)"),
    inDatabase(
      "transform", catalog: "pg_transform",
      name: """
        format('for %s language %I', format_type(o.trftype, null),
          (select l.lanname from pg_language l where l.oid = o.trflang))
        """),
    Kind(
      kind: "comment on another kind of object", name: "d.classoid::regclass",
      source: """
        from pg_description d
        where d.objoid >= 16384 and d.classoid in (\(commentedCatalogs))
          and (d.classoid, d.objoid) not in (select classid, objid from member)
        """),
    Kind(
      kind: "dependency on an extension", name: "pg_describe_object(d.classid, d.objid, d.objsubid)",
      source: "from pg_depend d where d.deptype = 'x'"),
    Kind(
      kind: "grant on an extension's object", name: "format('%I.%I', n.name, o.name)",
      source: """
        from (
          select 'pg_class'::regclass::oid as classid, oid, relname as name, relnamespace as schema, relacl as acl
          from pg_class
          where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
          union all
          select 'pg_proc'::regclass, oid, proname, pronamespace, proacl from pg_proc
        ) o
        join namespace n on n.oid = o.schema
        left join pg_init_privs i on i.classoid = o.classid and i.objoid = o.oid and i.objsubid = 0
        where (o.classid, o.oid) in (select classid, objid from member)
          and o.acl::text is distinct from i.initprivs::text
        """),
    Kind(
      kind: "policy on an extension's table", name: "format('%I on %I.%I', p.polname, n.name, c.relname)",
      source: """
        from pg_policy p
        join pg_class c on c.oid = p.polrelid
        join namespace n on n.oid = c.relnamespace
        where ('pg_class'::regclass, c.oid) in (select classid, objid from member)
        """),
    Kind(
      kind: "rule", name: "format('%I on %I.%I', w.rulename, r.schema, r.name)",
      source: "from pg_rewrite w join relation r on r.oid = w.ev_class where w.rulename <> '_RETURN'"),
    Kind(
      kind: "security label",
      name: "format('%s: %s', l.provider, pg_describe_object(l.classoid, l.objoid, l.objsubid))",
      source: "from pg_seclabel l"),
    Kind(
      kind: "setting of the database", name: "coalesce(pg_get_userbyid(nullif(s.setrole, 0)) || ': ', '') || setting",
      source: """
        from pg_db_role_setting s
        join pg_database d on d.oid = s.setdatabase and d.datname = current_database(),
          lateral (select split_part(text, '=', 1) as setting from unnest(s.setconfig) text) settings
        """),
    Kind(
      kind: "subscription", name: "quote_ident(s.subname)",
      source: "from pg_subscription s join pg_database d on d.oid = s.subdbid and d.datname = current_database()"),
    Kind(
      kind: "trigger on an extension's table", name: "format('%I on %I.%I', t.tgname, n.name, c.relname)",
      source: """
        from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join namespace n on n.oid = c.relnamespace
        where not t.tgisinternal
          and ('pg_class'::regclass, c.oid) in (select classid, objid from member)
          and ('pg_trigger'::regclass, t.oid) not in (select classid, objid from member)
        """),
    // The view over pg_user_mapping, which only a superuser may read.
    Kind(
      kind: "user mapping", name: "format('%I on %I', m.usename, m.srvname)",
      source: "from pg_user_mappings m"),
  ]

  private static let commentedCatalogs = [
    "pg_am", "pg_cast", "pg_collation", "pg_conversion", "pg_foreign_data_wrapper", "pg_foreign_server",
    "pg_language", "pg_opclass", "pg_operator", "pg_opfamily", "pg_rewrite", "pg_statistic_ext", "pg_subscription",
    "pg_transform", "pg_ts_config", "pg_ts_dict", "pg_ts_parser", "pg_ts_template",
  ].map { "'\($0)'::regclass" }.joined(separator: ", ")
}
