extension FactQuery {
  static let schemas = FactQuery(
    objectKind: "'schema'", name: "n.name", address: (.namespace, "n.oid"),
    attributes: ["owner": "pg_get_userbyid(s.nspowner)"],
    source: """
      from namespace n
      join pg_namespace s using (oid)
      where ('pg_namespace'::regclass, n.oid) not in (select classid, objid from member)
      """
  )

  static let extensions = FactQuery(
    objectKind: "'extension'", name: "e.extname", address: (.extension, "e.oid"),
    attributes: [
      "schema": "quote_ident(n.nspname)",
      "version": "e.extversion",
    ],
    source: """
      from pg_extension e
      join pg_namespace n on n.oid = e.extnamespace
      """
  )

  /// Tables, foreign tables, views, materialized views and composite types.
  ///
  /// The order of the columns is the table's own fact, not each column's, so that a column that goes does not change
  /// all that come after it.
  static let relations = FactQuery(
    objectKind: "r.kind", schema: "r.schema", name: "r.name", relation: "r.oid",
    address: (.relation, "r.oid"),
    attributes: [
      "owner": "pg_get_userbyid(c.relowner)",
      "unlogged": "case c.relpersistence when 'u' then 'yes' end",
      "row security": "case when c.relrowsecurity then 'yes' end",
      "force row security": "case when c.relforcerowsecurity then 'yes' end",
      "replica identity": "case c.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index' end",
      "options": """
      case when c.reloptions is not null or t.reloptions is not null then (
        select string_agg(option, ', ' order by option collate "C")
        from unnest(c.reloptions || array(select 'toast.' || option from unnest(t.reloptions) option)) option
      ) end
      """,
      "access method": "select a.amname from pg_am a where a.oid = c.relam and a.amname <> 'heap'",
      "tablespace":
        "case when c.reltablespace <> 0 then (select s.spcname from pg_tablespace s where s.oid = c.reltablespace) end",
      "server": "select quote_ident(s.srvname) from pg_foreign_server s where s.oid = e.ftserver",
      "foreign options": foreignOptions("e.ftoptions"),
      "of type": "case when c.reloftype <> 0 then format_type(c.reloftype, null) end",
      "partition by": "case c.relkind when 'p' then pg_get_partkeydef(c.oid) end",
      "parents": "p.names",
      "partition bound": "case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end",
      "column order": """
      array_to_string(array(
        select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum
      ), ', ')
      """,
    ],
    definition: "case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end",
    source: """
      from relation r
      join pg_class c using (oid)
      left join pg_class t on t.oid = c.reltoastrelid
      left join pg_foreign_table e on e.ftrelid = c.oid
      left join (
        select i.inhrelid, string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by i.inhseqno) as names
        from pg_inherits i
        join pg_class c on c.oid = i.inhparent
        join pg_namespace n on n.oid = c.relnamespace
        group by i.inhrelid
      ) p on p.inhrelid = r.oid
      where r.relkind <> 'S'
      """
  )

  /// The columns of everything that has columns.
  static func columns(serverVersion: Int) -> FactQuery {
    // Before PostgreSQL 18 no constraint stood behind NOT NULL.
    let isNotValid =
      serverVersion < 180_000
      ? "false"
      : """
      a.attnotnull and exists (
        select from pg_constraint k
        where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated
      )
      """
    return FactQuery(
      objectKind: "r.kind", schema: "r.schema", name: "r.name", memberKind: "'column'", member: "a.attname",
      relation: "r.oid", address: (.relation, "r.oid || '/' || a.attnum"),
      attributes: [
        "type": "format_type(a.atttypid, a.atttypmod)",
        "collation": "case when a.attcollation <> t.typcollation then (\(collation("a.attcollation"))) end",
        "not null": "case when a.attnotnull then 'yes' end",
        "not valid": "case when \(isNotValid) then 'yes' end",
        "identity": "case a.attidentity when 'a' then 'always' when 'd' then 'by default' end",
        "generated": "case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end",
        "virtual": "case a.attgenerated when 'v' then 'yes' end",
        "storage": """
        case when a.attstorage <> t.typstorage then
          case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end
        end
        """,
        "compression": "case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end",
        "statistics": "case when a.attstattarget >= 0 then a.attstattarget end",
        "options": attributeOptions("a"),
        "foreign options": "case when a.attfdwoptions is not null then (\(foreignOptions("a.attfdwoptions"))) end",
        "inherited": "case when a.attinhcount > 0 then case when a.attislocal then 'and local' else 'yes' end end",
      ],
      source: """
        from relation r
        join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on a.attgenerated <> '' and d.adrelid = a.attrelid and d.adnum = a.attnum
        where r.relkind <> 'S'
        """
    )
  }

  /// `schema_name 'far', table_name 'orders'`, as `OPTIONS` lists them, sorted.
  private static func foreignOptions(_ column: String) -> String {
    """
    select string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', '
      order by option_name collate "C")
    from pg_options_to_table(\(column))
    """
  }

  static let defaults = FactQuery(
    kind: .default, objectKind: "r.kind", schema: "r.schema", name: "r.name",
    memberKind: "'column'", member: "a.attname", relation: "r.oid", address: (.default, "d.oid"),
    // A default names no column, so the server need not look at the table to write it.
    attributes: ["expression": "pg_get_expr(d.adbin, 0)"],
    source: """
      from relation r
      join pg_attrdef d on d.adrelid = r.oid
      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated = ''
      """
  )

  /// Constraints of tables; constraint triggers are triggers, and NOT NULL is the column's.
  static let constraints = FactQuery(
    objectKind: "r.kind", schema: "r.schema", name: "r.name", memberKind: "'constraint'", member: "k.conname",
    relation: "r.oid", address: (.constraint, "k.oid"), attributes: constraintAttributes,
    definition: "pg_get_constraintdef(k.oid)",
    source: """
      from relation r
      join pg_constraint k on k.conrelid = r.oid
      left join pg_class f on f.oid = k.confrelid
      left join pg_namespace fn on fn.oid = f.relnamespace
      left join pg_constraint whole on whole.oid = nullif(k.conparentid, 0)
      where k.contype in ('p', 'u', 'f', 'c', 'x')
        -- A foreign key to a partitioned table has one of the server's own for each of its partitions.
        and (k.contype <> 'f' or whole.oid is null or whole.conrelid <> k.conrelid)
      """
  )

  static let domainConstraints = FactQuery(
    objectKind: "y.kind", schema: "y.schema", name: "y.name", memberKind: "'constraint'", member: "k.conname",
    address: (.constraint, "k.oid"), attributes: constraintAttributes, definition: "pg_get_constraintdef(k.oid)",
    source: """
      from named_type y
      join pg_constraint k on k.contypid = y.oid
      left join pg_class f on f.oid = k.confrelid
      left join pg_namespace fn on fn.oid = f.relnamespace
      where k.contype in ('p', 'u', 'f', 'c', 'x')
      """
  )

  private static let constraintAttributes: Attributes =
    [
      "type": """
      case k.contype
        when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key' when 'c' then 'check'
        else 'exclusion'
      end
      """,
      "columns": """
      case when k.contype in ('p', 'u', 'f') then array_to_string(array(
        select quote_ident(a.attname)
        from unnest(k.conkey) with ordinality i (attnum, position)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = i.attnum
        order by i.position
      ), ', ') end
      """,
      "references": "case k.contype when 'f' then format('%I.%I', fn.nspname, f.relname) end",
      "referenced columns": """
      case k.contype when 'f' then array_to_string(array(
        select quote_ident(a.attname)
        from unnest(k.confkey) with ordinality i (attnum, position)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = i.attnum
        order by i.position
      ), ', ') end
      """,
      "on delete": foreignKeyAction("k.confdeltype"),
      "on update": foreignKeyAction("k.confupdtype"),
      "not valid": "case when not k.convalidated then 'yes' end",
      "deferrable":
        "case when k.condeferrable then case when k.condeferred then 'initially deferred' else 'yes' end end",
      "inherited": """
      case when k.conparentid <> 0 or k.coninhcount > 0 then case when k.conislocal then 'and local' else 'yes' end end
      """,
    ]

  private static func foreignKeyAction(_ column: String) -> String {
    """
    case \(column)
      when 'a' then 'NO ACTION' when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL'
      when 'd' then 'SET DEFAULT'
    end
    """
  }

  /// All indexes, those behind constraints included.
  ///
  /// Most indexes are plain: columns in ascending order with their types' own operator classes. Their definition is
  /// put together here as `pg_get_indexdef` would, because that function's cost is half of a large snapshot's.
  static func indexes(serverVersion: Int) -> FactQuery {
    let nullsNotDistinct = serverVersion >= 150_000 ? "i.indnullsnotdistinct" : "false"
    return FactQuery(
      objectKind: "r.kind", schema: "r.schema", name: "r.name", memberKind: "'index'", member: "c.relname",
      relation: "r.oid", address: (.relation, "i.indexrelid"),
      attributes: [
        "method": "m.amname",
        "keys": "k.keys",
        "include": "k.included",
        "unique": "case when i.indisunique then 'yes' end",
        "primary": "case when i.indisprimary then 'yes' end",
        "invalid": "case when not i.indisvalid then 'yes' end",
        "predicate": "w.predicate",
        "constraint": "o.conname",
        "replica identity": "case when i.indisreplident then 'yes' end",
        "clustered": "case when i.indisclustered then 'yes' end",
        "tablespace": """
        case when c.reltablespace <> 0 then (select s.spcname from pg_tablespace s where s.oid = c.reltablespace) end
        """,
        "parent": """
        case when c.relispartition then (
          select format('%I.%I', n.nspname, p.relname)
          from pg_inherits h
          join pg_class p on p.oid = h.inhparent
          join pg_namespace n on n.oid = p.relnamespace
          where h.inhrelid = c.oid
        ) end
        """,
        "statistics": "k.statistics",
        "options": "array_to_string(c.reloptions, ', ')",
      ],
      definition: """
        case
          when k.is_plain and c.relkind = 'i' and c.reloptions is null and not \(nullsNotDistinct)
          then format(
            'CREATE %sINDEX %I ON %I.%I USING %I (%s)%s%s', case when i.indisunique then 'UNIQUE ' end,
            c.relname, r.schema, r.name, m.amname, k.keys, ' INCLUDE (' || k.included || ')',
            ' WHERE ' || w.predicate)
          else pg_get_indexdef(i.indexrelid)
        end
        """,
      source: """
        from relation r
        join pg_index i on i.indrelid = r.oid
        join pg_class c on c.oid = i.indexrelid
        join pg_am m on m.oid = c.relam
        left join pg_constraint o on o.conindid = i.indexrelid and o.conrelid = r.oid and o.contype in ('p', 'u', 'x')
        join (\(indexKeys)) k on k.indexrelid = i.indexrelid
        cross join lateral (
          select case when i.indpred is not null then pg_get_expr(i.indpred, i.indrelid) end as predicate offset 0
        ) w
        """
    )
  }

  /// The keys of all indexes, one row an index. An expression is written `("lower(name)")`.
  private static let indexKeys = """
    select
      i.indexrelid,
      string_agg(
        case
          when a.attnum is not null then quote_ident(a.attname)
          else '("' || replace(pg_get_indexdef(i.indexrelid, own.attnum, true), '"', '""') || '")'
        end, ', ' order by own.attnum) filter (where own.attnum <= i.indnkeyatts) as keys,
      string_agg(quote_ident(a.attname), ', ' order by own.attnum) filter (where own.attnum > i.indnkeyatts)
        as included,
      string_agg(own.attnum || ': ' || own.attstattarget, ', ' order by own.attnum)
        filter (where own.attstattarget >= 0) as statistics,
      coalesce(bool_and(
        a.attnum is not null and i.indoption[own.attnum - 1] = 0 and p.opcdefault and p.opcintype = a.atttypid
          and i.indcollation[own.attnum - 1] = a.attcollation
          and (\(attributeOptions("own"))) is null
      ) filter (where own.attnum <= i.indnkeyatts), false) as is_plain
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_attribute own on own.attrelid = i.indexrelid
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[own.attnum - 1] and a.attnum > 0
    left join pg_opclass p on own.attnum <= i.indnkeyatts and p.oid = i.indclass[own.attnum - 1]
    group by i.indexrelid
    """
}
