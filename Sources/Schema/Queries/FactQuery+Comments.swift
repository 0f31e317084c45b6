extension FactQuery {
  /// What can be said of an object of any kind: comments, security labels, dependencies on an extension.
  static let relationRemarks = remarks(tables: remarked(relationSubjects), relation: "r.relation")

  static func otherRemarks(serverVersion: Int) -> [FactQuery] {
    remarks(tables: "\(CatalogKind.table(serverVersion: serverVersion)),\n\(remarked(otherSubjects))")
  }

  private static func remarks(tables: String, relation: String = "null") -> [FactQuery] {
    func query(
      _ kind: Fact.Kind, qualifier: String = "null", attributes: Attributes, remark: String
    ) -> FactQuery {
      FactQuery(
        kind: kind, objectKind: "r.kind", schema: "r.schema", name: "r.name", arguments: "r.arguments",
        memberKind: "r.member_kind", member: "r.member", qualifier: qualifier, relation: relation,
        attributes: attributes, tables: tables,
        source: "from remarked r where r.remark = '\(remark)'")
    }
    return [
      query(.comment, attributes: ["text": "r.text"], remark: "c"),
      query(.securityLabel, qualifier: "r.source", attributes: ["label": "r.text"], remark: "s"),
      query(.extensionDependency, qualifier: "r.source", attributes: [:], remark: "x"),
    ]
  }

  /// The remarks, and all that they may be about.
  private static func remarked(_ subjects: String) -> String {
    """
      remark as materialized (
        -- Of what initdb made, only schemas and extensions are in scope.
        select 'c' as remark, classoid as classid, objoid as objid, objsubid, null as source, description as text
        from pg_description
        where objoid >= 16384 or classoid in ('pg_namespace'::regclass, 'pg_extension'::regclass)
        union all
        select 's', classoid, objoid, objsubid, provider, label from pg_seclabel
        union all
        select 'x', d.classid, d.objid, 0, e.extname::text, null
        from pg_extension e
        join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'x'
      ),
      subject (relation, classid, objid, objsubid, kind, schema, name, arguments, member_kind, member) as (
        \(subjects)
      ),
      remarked as materialized (
        select r.remark, r.source, r.text, s.* from remark r join subject s using (classid, objid, objsubid)
      )
    """
  }

  private static let relationSubjects = """
    select oid, 'pg_class'::regclass::oid, oid, 0, kind, schema, name, null, null, null
    from relation where relkind <> 'c'
    union all
    select r.oid, 'pg_class'::regclass, r.oid, a.attnum, r.kind, r.schema, r.name, null, 'column', a.attname::text
    from remark d
    join relation r on r.oid = d.objid and d.classid = 'pg_class'::regclass
    join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid
    where d.objsubid > 0
    union all
    select r.oid, 'pg_class'::regclass, c.oid, 0, r.kind, r.schema, r.name, null, 'index', c.relname::text
    from relation r
    join pg_index i on i.indrelid = r.oid
    join pg_class c on c.oid = i.indexrelid
    where c.oid in (select objid from remark where classid = 'pg_class'::regclass)
    union all
    select r.oid, 'pg_constraint'::regclass, k.oid, 0, r.kind, r.schema, r.name, null, 'constraint', k.conname::text
    from relation r
    join pg_constraint k on k.conrelid = r.oid
    where k.contype in ('p', 'u', 'f', 'c', 'x')
      and k.oid in (select objid from remark where classid = 'pg_constraint'::regclass)
    union all
    select relation, 'pg_trigger'::regclass, oid, 0, kind, schema, "table", null, 'trigger', name from trigger
    union all
    select relation, 'pg_policy'::regclass, oid, 0, 'table', schema, "table", null, 'policy', name from policy
    union all
    select w.ev_class, 'pg_rewrite'::regclass, w.oid, 0, r.kind, r.schema, r.name, null, 'rule', w.rulename::text
    from pg_rewrite w
    join relation r on r.oid = w.ev_class
    where w.rulename <> '_RETURN'
    """

  private static let otherSubjects = """
    select
      null::oid, 'pg_constraint'::regclass::oid, k.oid, 0, y.kind, y.schema, y.name, null, 'constraint',
      k.conname::text
    from named_type y
    join pg_constraint k on k.contypid = y.oid
    where k.contype in ('p', 'u', 'f', 'c', 'x')
      and k.oid in (select objid from remark where classid = 'pg_constraint'::regclass)
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
    union all
    select null, classid, objid, 0, kind, schema, name, arguments, null, null from other_object
    """
}
