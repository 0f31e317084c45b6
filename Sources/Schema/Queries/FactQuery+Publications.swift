extension FactQuery {
  /// Publications and what they publish. Row filters, column lists and whole schemas came with PostgreSQL 15.
  static func publications(serverVersion: Int) -> [FactQuery] {
    let publications = FactQuery(
      objectKind: "'publication'", name: "p.pubname", address: (.publication, "p.oid"),
      attributes: [
        "owner": "pg_get_userbyid(p.pubowner)",
        "all tables": "case when p.puballtables then 'yes' end",
        "operations": """
        concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
          case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)
        """,
        "via root": "case when p.pubviaroot then 'yes' end",
      ],
      source: "from pg_publication p"
    )
    let tables = FactQuery(
      objectKind: "'publication'", name: "p.pubname",
      memberKind: "'published table'", member: "format('%I.%I', n.name, c.relname)",
      address: (.publishedTable, "r.oid"),
      attributes: serverVersion < 150_000
        ? [:]
        : [
          "columns": """
          select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
          from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)
          """,
          "where": "pg_get_expr(r.prqual, r.prrelid)",
        ],
      source: """
        from pg_publication_rel r
        join pg_publication p on p.oid = r.prpubid
        join pg_class c on c.oid = r.prrelid
        join namespace n on n.oid = c.relnamespace
        """
    )
    let schemas = FactQuery(
      objectKind: "'publication'", name: "p.pubname", memberKind: "'published schema'", member: "quote_ident(n.name)",
      address: (.publishedSchema, "r.oid"),
      source: """
        from pg_publication_namespace r
        join pg_publication p on p.oid = r.pnpubid
        join namespace n on n.oid = r.pnnspid
        """
    )
    return serverVersion < 150_000 ? [publications, tables] : [publications, tables, schemas]
  }
}
