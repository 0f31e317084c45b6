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
