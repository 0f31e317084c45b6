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
      FactQuery.statement(
        tables: ["found as (\n\(branches.joined(separator: "\nunion all\n"))\n)"],
        """
        select kind, count(*), (array_agg(name order by name collate "C"))[:\(nameLimit)]
        from found
        group by kind
        order by kind collate "C"
        """),
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

  /// A type of a table, an array or a multirange: it comes with another object, and no fact is of it.
  private static let impliedTypes = """
    from pg_type t
    join namespace n on n.oid = t.typnamespace
    where t.oid not in (select oid from named_type)
      and ('pg_type'::regclass, t.oid) not in (select classid, objid from member)
      and ('pg_class'::regclass, t.typrelid) not in (select classid, objid from member)
      and ('pg_type'::regclass, t.typelem) not in (select classid, objid from member)
    """

  private static let kinds: [Kind] = [
    Kind(
      kind: "comment on a type of a table, an array or a multirange", name: "format('%I.%I', n.name, t.typname)",
      source: impliedTypes + """

        and exists (select from pg_description d where d.classoid = 'pg_type'::regclass and d.objoid = t.oid)
        """),
    Kind(
      kind: "detachment of a partition that is not finished", name: "i.inhrelid::regclass",
      source: "from pg_inherits i join relation r on r.oid = i.inhrelid where i.inhdetachpending"),
    Kind(
      kind: "grant on an extension's object", name: "format('%I.%I', n.name, o.name)",
      source: """
        from (
          select m.classid, c.oid, c.relname as name, c.relnamespace as schema, c.relacl as acl
          from member m
          join pg_class c on m.classid = 'pg_class'::regclass and c.oid = m.objid
          where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
          union all
          select m.classid, p.oid, p.proname, p.pronamespace, p.proacl
          from member m
          join pg_proc p on m.classid = 'pg_proc'::regclass and p.oid = m.objid
        ) o
        join namespace n on n.oid = o.schema
        left join pg_init_privs i on i.classoid = o.classid and i.objoid = o.oid and i.objsubid = 0
        where o.acl::text is distinct from i.initprivs::text
        """),
    Kind(
      kind: "grant on a type of a table or a multirange", name: "format('%I.%I', n.name, t.typname)",
      source: impliedTypes + "\n  and t.typacl is not null"),
    Kind(
      kind: "grant on PostgreSQL's own object", name: "format('%I.%I', n.nspname, o.name)",
      source: """
        from (
          select 'pg_class'::regclass::oid as classid, oid, relname as name, relnamespace as schema, relacl as acl
          from pg_class
          union all
          select 'pg_proc'::regclass, oid, proname, pronamespace, proacl from pg_proc
          union all
          select 'pg_type'::regclass, oid, typname, typnamespace, typacl from pg_type
        ) o
        join pg_namespace n on n.oid = o.schema and n.nspname in ('pg_catalog', 'information_schema')
        left join pg_init_privs i on i.classoid = o.classid and i.objoid = o.oid and i.objsubid = 0
        -- A platform, where there is one, changes them itself.
        where $2 = '^()$' and o.oid < 16384 and (o.acl is not null or i.initprivs is not null)
          -- What initdb grants on the information schema is not noted there.
          and (i.initprivs is not null or n.nspname = 'pg_catalog')
          and (select array_agg(a::text order by a::text) from unnest(o.acl) a)
            is distinct from (select array_agg(a::text order by a::text) from unnest(i.initprivs) a)
        """),
    Kind(
      // After its script, which ran in one transaction: ALTER EXTENSION ... ADD leaves no other trace.
      kind: "object added to an extension",
      name: "format('%I: %s', e.extname, pg_describe_object(d.classid, d.objid, 0))",
      source: """
        from pg_extension e
        join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
        join (
          select refobjid, array_agg(xmin order by age(xmin) desc) as transactions
          from pg_depend where refclassid = 'pg_extension'::regclass and deptype = 'e'
          group by refobjid
        ) m on m.refobjid = e.oid
        -- Where it was made and not upgraded with its cluster, which adds its members one by one.
        where age(d.xmin) < age(e.xmin) and m.transactions[1] = e.xmin
          and cardinality(array_positions(m.transactions, e.xmin)) > cardinality(m.transactions) / 2
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
