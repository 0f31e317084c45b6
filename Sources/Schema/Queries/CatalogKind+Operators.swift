/// Operators, what makes indexes of them, and how types become each other.
extension CatalogKind {
  /// An operator that another one only names has no function, and is none yet.
  static let `operator` = CatalogKind(
    kind: .operator, catalog: .operator, schema: "o.oprnamespace", name: "o.oprname",
    arguments: """
      coalesce(format_type(nullif(o.oprleft, 0), null), 'NONE') || ', '
        || coalesce(format_type(nullif(o.oprright, 0), null), 'NONE')
      """,
    owner: "o.oprowner",
    definition: statement(
      "format('CREATE OPERATOR %I.%s', n.name, o.oprname)",
      [
        "'FUNCTION = ' || o.oprcode",
        "'LEFTARG = ' || format_type(nullif(o.oprleft, 0), null)",
        "'RIGHTARG = ' || format_type(nullif(o.oprright, 0), null)",
        "'COMMUTATOR = ' || \(named("o.oprcom"))",
        "'NEGATOR = ' || \(named("o.oprnegate"))",
        "case when o.oprcanmerge then 'MERGES' end",
        "case when o.oprcanhash then 'HASHES' end",
        function("RESTRICT", "o.oprrest"),
        function("JOIN", "o.oprjoin"),
      ]),
    condition: "o.oprcode <> 0")

  /// Without what was added to it beside its classes: those are its members (``FactQuery/familyOperators``).
  static let operatorFamily = CatalogKind(
    kind: .operatorFamily, catalog: .operatorFamily, schema: "o.opfnamespace", name: "o.opfname",
    arguments: "quote_ident(m.amname)", owner: "o.opfowner",
    definition: "format('CREATE OPERATOR FAMILY %I.%I USING %I', n.name, o.opfname, m.amname)",
    joins: "join pg_am m on m.oid = o.opfmethod")

  static let operatorClass = CatalogKind(
    kind: .operatorClass, catalog: .operatorClass, schema: "o.opcnamespace", name: "o.opcname",
    arguments: "quote_ident(m.amname)", owner: "o.opcowner",
    definition: """
      format(E'CREATE OPERATOR CLASS %I.%I\\n    %sFOR TYPE %s USING %I FAMILY %s AS\\n    ', n.name, o.opcname,
        case when o.opcdefault then 'DEFAULT ' end, format_type(o.opcintype, null), m.amname,
        \(qualified("pg_opfamily", "opf", "o.opcfamily")))
      || concat_ws(E',\\n    ',
        case
          when o.opckeytype <> 0 then 'STORAGE ' || format_type(o.opckeytype, null)
          when i.items is null then 'STORAGE ' || format_type(o.opcintype, null)
        end,
        i.items)
      """,
    joins: """
      join pg_am m on m.oid = o.opcmethod
      cross join lateral (
        select string_agg(item, E',\\n    ' order by rank, number, item collate "C") as items
        from (
          select 1 as rank, a.amopstrategy as number, \(familyOperator("a")) as item
          from pg_depend d join pg_amop a on a.oid = d.objid
          where d.classid = 'pg_amop'::regclass and d.refclassid = 'pg_opclass'::regclass and d.refobjid = o.oid
          union all
          select 2, f.amprocnum, \(familyFunction("f"))
          from pg_depend d join pg_amproc f on f.oid = d.objid
          where d.classid = 'pg_amproc'::regclass and d.refclassid = 'pg_opclass'::regclass and d.refobjid = o.oid
        ) items
      ) i
      """)

  static let cast = CatalogKind(
    kind: .cast, catalog: .cast,
    name: "format('(%s AS %s)', format_type(o.castsource, null), format_type(o.casttarget, null))",
    definition: """
      format('CREATE CAST (%s AS %s) %s%s', format_type(o.castsource, null), format_type(o.casttarget, null),
        case o.castmethod
          when 'f' then 'WITH FUNCTION ' || o.castfunc::regprocedure when 'i' then 'WITH INOUT'
          else 'WITHOUT FUNCTION'
        end,
        case o.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' end)
      """,
    condition: isNotOfRange)

  /// A range type brings the cast to its multirange type.
  static let isNotOfRange =
    "(o.castsource, o.casttarget) not in (select rngtypid, rngmultitypid from pg_range)"

  static let transform = CatalogKind(
    kind: .transform, catalog: .transform, name: "format_type(o.trftype, null)", arguments: "quote_ident(l.lanname)",
    definition: """
      format('CREATE TRANSFORM FOR %s LANGUAGE %I (', format_type(o.trftype, null), l.lanname)
        || concat_ws(', ', 'FROM SQL WITH FUNCTION ' || nullif(o.trffromsql, 0)::regprocedure,
          'TO SQL WITH FUNCTION ' || nullif(o.trftosql, 0)::regprocedure) || ')'
      """,
    joins: "join pg_language l on l.oid = o.trflang")

  private static func named(_ number: String) -> String {
    """
    (select format('OPERATOR(%I.%s)', s.nspname, q.oprname)
    from pg_operator q join pg_namespace s on s.oid = q.oprnamespace where q.oid = \(number))
    """
  }

  /// An operator as a class or family lists it: `OPERATOR 1 public.<(integer,integer)`.
  static func familyOperator(_ row: String) -> String {
    """
    format('OPERATOR %s %s', \(row).amopstrategy, \(row).amopopr::regoperator)
      || coalesce(' FOR ORDER BY ' || \(qualified("pg_opfamily", "opf", "\(row).amopsortfamily")), '')
    """
  }

  /// `FUNCTION 1 (integer, integer) public.compare(integer,integer)`.
  static func familyFunction(_ row: String) -> String {
    """
    format('FUNCTION %s (%s, %s) %s', \(row).amprocnum, format_type(\(row).amproclefttype, null),
      format_type(\(row).amprocrighttype, null), \(row).amproc::regprocedure)
    """
  }
}

/// What is part of these objects and can change by itself.
extension FactQuery {
  /// What was added to an operator family beside its classes, which list their own. Families of PostgreSQL's own may
  /// have such members too.
  static let familyOperators = familyMembers(
    catalog: .familyOperator, prefix: "amop", number: "amopstrategy", type: "OPERATOR", object: "o.amopopr",
    objects: "pg_operator", definition: CatalogKind.familyOperator("o"))

  static let familyFunctions = familyMembers(
    catalog: .familyFunction, prefix: "amproc", number: "amprocnum", type: "FUNCTION", object: "o.amproc::oid",
    objects: "pg_proc", definition: CatalogKind.familyFunction("o"))

  private static func familyMembers(
    catalog: Fact.Address.Catalog, prefix: String, number: String, type: String, object: String, objects: String,
    definition: String
  ) -> FactQuery {
    FactQuery(
      objectKind: "'operator family'", schema: "s.nspname", name: "f.opfname", arguments: "quote_ident(m.amname)",
      memberKind: "'family member'",
      member: """
        format('\(type) %s (%s, %s)', o.\(number), format_type(o.\(prefix)lefttype, null),
          format_type(o.\(prefix)righttype, null))
        """,
      address: (catalog, "o.oid"), definition: definition,
      source: """
        from \(catalog.rawValue) o
        join pg_opfamily f on f.oid = o.\(prefix)family
        join pg_am m on m.oid = f.opfmethod
        join pg_namespace s on s.oid = f.opfnamespace
        where o.oid >= 16384 and (f.oid < 16384 or s.nspname !~ $1)
          and not exists (
            select from pg_depend d
            where d.classid = '\(catalog.rawValue)'::regclass and d.objid = o.oid
              and d.refclassid = 'pg_opclass'::regclass
          )
          and ('pg_opfamily'::regclass, f.oid) not in (select classid, objid from member)
          and ('\(objects)'::regclass, \(object)) not in (select classid, objid from member)
        """)
  }

  /// Which dictionaries a text search configuration asks about a kind of token, in their order.
  static let mappings = FactQuery(
    objectKind: "'text search configuration'", schema: "n.name", name: "c.cfgname", memberKind: "'mapping'",
    member: "t.alias",
    attributes: [
      "dictionaries": "string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)"
    ],
    source: """
      from pg_ts_config c
      join namespace n on n.oid = c.cfgnamespace
      join pg_ts_config_map m on m.mapcfg = c.oid
      join lateral ts_token_type(c.cfgparser) t on t.tokid = m.maptokentype
      where ('pg_ts_config'::regclass, c.oid) not in (select classid, objid from member)
      group by n.name, c.cfgname, t.alias
      """)
}
