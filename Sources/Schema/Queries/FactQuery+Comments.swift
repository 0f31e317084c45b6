extension FactQuery {
  static let comments = FactQuery(
    kind: .comment, objectKind: "o.kind", schema: "o.schema", name: "o.name", arguments: "o.arguments",
    memberKind: "o.member_kind", member: "o.member", relation: "o.relation",
    attributes: ["text": "d.description"],
    tables: """
      commented (relation, classid, objid, objsubid, kind, schema, name, arguments, member_kind, member) as (
        select oid, 'pg_class'::regclass::oid, oid, 0, kind, schema, name, null, null, null
        from relation where relkind <> 'c'
        union all
        select r.oid, 'pg_class'::regclass, r.oid, a.attnum, r.kind, r.schema, r.name, null, 'column', a.attname::text
        from pg_description d
        join relation r on r.oid = d.objoid and d.classoid = 'pg_class'::regclass
        join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid
        where d.objsubid > 0
        union all
        select r.oid, 'pg_class'::regclass, c.oid, 0, r.kind, r.schema, r.name, null, 'index', c.relname::text
        from relation r
        join pg_index i on i.indrelid = r.oid
        join pg_class c on c.oid = i.indexrelid
        where c.oid in (select objoid from pg_description where classoid = 'pg_class'::regclass)
        union all
        select
          r.oid, 'pg_constraint'::regclass, k.oid, 0, coalesce(r.kind, y.kind), coalesce(r.schema, y.schema),
          coalesce(r.name, y.name), null, 'constraint', k.conname::text
        from pg_constraint k
        left join relation r on r.oid = k.conrelid
        left join named_type y on y.oid = k.contypid
        where k.contype in ('p', 'u', 'f', 'c', 'x') and (r.oid is not null or y.oid is not null)
          and k.oid in (select objoid from pg_description where classoid = 'pg_constraint'::regclass)
        union all
        select relation, 'pg_trigger'::regclass, oid, 0, kind, schema, "table", null, 'trigger', name from trigger
        union all
        select relation, 'pg_policy'::regclass, oid, 0, 'table', schema, "table", null, 'policy', name from policy
        union all
        select null, 'pg_proc'::regclass, oid, 0, kind, schema, name, arguments, null, null from routine
        union all
        select null, 'pg_type'::regclass, oid, 0, kind, schema, name, null, null, null from named_type
        union all
        select null, 'pg_namespace'::regclass, oid, 0, 'schema', null, name, null, null, null from namespace
        union all
        select null, 'pg_extension'::regclass, oid, 0, 'extension', null, extname::text, null, null, null
        from pg_extension
        union all
        select null, 'pg_event_trigger'::regclass, e.oid, 0, 'event trigger', null, e.evtname::text, null, null, null
        from pg_event_trigger e
        join pg_proc f on f.oid = e.evtfoid
        join namespace n on n.oid = f.pronamespace
        where ('pg_event_trigger'::regclass, e.oid) not in (select classid, objid from member)
        union all
        select null, 'pg_publication'::regclass, oid, 0, 'publication', null, pubname::text, null, null, null
        from pg_publication
      )
      """,
    source: """
      from pg_description d
      join commented o on o.classid = d.classoid and o.objid = d.objoid and o.objsubid = d.objsubid
      """
  )
}
