internal import Postgres

/// The query that counts what no fact describes, so that two schemas that differ in it are never called equal without
/// a word.
///
/// These are kinds that it is known of that no fact is of them; any other is found by ``PresentObjects``.
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

  private static let kinds: [Kind] = [
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
  ]
}
