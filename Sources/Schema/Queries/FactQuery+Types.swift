extension FactQuery {
  /// Enums and domains. (A composite type is a relation.)
  static let types = FactQuery(
    objectKind: "y.kind", schema: "y.schema", name: "y.name", address: (.type, "y.oid"),
    attributes: [
      "owner": "pg_get_userbyid(t.typowner)",
      "labels": """
      case t.typtype when 'e' then array_to_string(array(
        select quote_literal(e.enumlabel) from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder
      ), ', ') end
      """,
      "type": "case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end",
      "collation": """
      case when t.typtype = 'd' and t.typcollation <> b.typcollation then (\(collation("t.typcollation"))) end
      """,
      "not null": "case when t.typnotnull then 'yes' end",
      "default": "case t.typtype when 'd' then pg_get_expr(t.typdefaultbin, 0) end",
    ],
    source: """
      from named_type y
      join pg_type t using (oid)
      left join pg_type b on b.oid = t.typbasetype
      where y.typtype in ('e', 'd')
      """
  )

  static let rangeTypes = FactQuery(
    objectKind: "y.kind", schema: "y.schema", name: "y.name", address: (.type, "y.oid"),
    attributes: [
      "owner": "pg_get_userbyid(t.typowner)",
      "subtype": "format_type(r.rngsubtype, null)",
      "multirange": "m.typname",
    ],
    definition: CatalogKind.statement(
      "format('CREATE TYPE %I.%I AS RANGE', y.schema, y.name)",
      [
        "'SUBTYPE = ' || format_type(r.rngsubtype, null)",
        "'MULTIRANGE_TYPE_NAME = ' || format_type(r.rngmultitypid, null)",
        "case when not c.opcdefault then 'SUBTYPE_OPCLASS = ' || \(CatalogKind.qualified("pg_opclass", "opc", "c.oid")) end",
        "case when r.rngcollation <> s.typcollation then 'COLLATION = ' || (\(collation("r.rngcollation"))) end",
        CatalogKind.function("CANONICAL", "r.rngcanonical"), CatalogKind.function("SUBTYPE_DIFF", "r.rngsubdiff"),
      ]),
    source: """
      from named_type y
      join pg_type t using (oid)
      join pg_range r on r.rngtypid = y.oid
      join pg_type s on s.oid = r.rngsubtype
      join pg_type m on m.oid = r.rngmultitypid
      join pg_opclass c on c.oid = r.rngsubopc
      where y.typtype = 'r'
      """
  )

  /// Types that functions make, and those that are only announced.
  static let baseTypes = FactQuery(
    objectKind: "y.kind", schema: "y.schema", name: "y.name", address: (.type, "y.oid"),
    attributes: [
      "owner": "pg_get_userbyid(t.typowner)",
      "shell": "case when not t.typisdefined then 'yes' end",
    ],
    definition: """
      case when not t.typisdefined then format('CREATE TYPE %I.%I', y.schema, y.name) else
      \(CatalogKind.statement(
        "format('CREATE TYPE %I.%I', y.schema, y.name)",
        [
          "'INTERNALLENGTH = ' || case t.typlen when -1 then 'VARIABLE' else t.typlen::text end",
          CatalogKind.function("INPUT", "t.typinput"), CatalogKind.function("OUTPUT", "t.typoutput"),
          CatalogKind.function("RECEIVE", "t.typreceive"), CatalogKind.function("SEND", "t.typsend"),
          CatalogKind.function("TYPMOD_IN", "t.typmodin"), CatalogKind.function("TYPMOD_OUT", "t.typmodout"),
          CatalogKind.function("ANALYZE", "t.typanalyze"), CatalogKind.function("SUBSCRIPT", "t.typsubscript"),
          "case when t.typcollation <> 0 then 'COLLATABLE = true' end",
          "'DEFAULT = ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))",
          "'ELEMENT = ' || format_type(nullif(t.typelem, 0), null)",
          "case when t.typcategory <> 'U' then 'CATEGORY = ' || quote_literal(t.typcategory::text) end",
          "case when t.typispreferred then 'PREFERRED = true' end",
          "case when t.typdelim <> ',' then 'DELIMITER = ' || quote_literal(t.typdelim::text) end",
          "case t.typalign when 'c' then 'ALIGNMENT = char' when 's' then 'ALIGNMENT = int2' when 'd' then 'ALIGNMENT = double' else 'ALIGNMENT = int4' end",
          "case t.typstorage when 'e' then 'STORAGE = external' when 'x' then 'STORAGE = extended' when 'm' then 'STORAGE = main' else 'STORAGE = plain' end",
          "case when t.typbyval then 'PASSEDBYVALUE' end",
        ]))
      end
      """,
    source: """
      from named_type y
      join pg_type t using (oid)
      where y.typtype in ('b', 'p')
      """
  )

  static let sequences = FactQuery(
    objectKind: "r.kind", schema: "r.schema", name: "r.name", relation: "r.oid", address: (.relation, "r.oid"),
    attributes: [
      "owner": "pg_get_userbyid(c.relowner)",
      "unlogged": "case c.relpersistence when 'u' then 'yes' end",
      "type": "format_type(s.seqtypid, null)",
      "start": "s.seqstart",
      "increment": "s.seqincrement",
      "minimum": "s.seqmin",
      "maximum": "s.seqmax",
      "cache": "s.seqcache",
      "cycle": "case when s.seqcycle then 'yes' end",
      "owned by": "o.column",
      "identity": "case o.deptype when 'i' then 'yes' end",
    ],
    source: """
      from relation r
      join pg_class c using (oid)
      join pg_sequence s on s.seqrelid = r.oid
      left join (
        select d.objid, d.deptype, format('%I.%I.%I', n.nspname, t.relname, a.attname) as column
        from pg_depend d
        join pg_sequence q on q.seqrelid = d.objid
        join pg_class t on t.oid = d.refobjid
        join pg_namespace n on n.oid = t.relnamespace
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass
          and d.deptype in ('a', 'i')
      ) o on o.objid = r.oid
      """
  )
}
