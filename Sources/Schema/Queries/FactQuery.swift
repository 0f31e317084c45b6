internal import Postgres

/// A query over the catalogs that reads every fact of one kind.
///
/// Each of its parts is SQL. All of them may use the common table expressions of ``commonTables``, which let in only
/// what the scope does; none looks at one object at a time.
struct FactQuery: Sendable {
  /// Nil when a row's fact has the kind of its member, or of its object when there is no member.
  var kind: Fact.Kind?
  /// The object's kind, as `Fact.Kind` writes it.
  var objectKind: String
  var schema = "null"
  var name: String
  var arguments = "null"
  var memberKind = "null"
  var member = "null"
  var qualifier = "null"
  /// The number of the relation that the fact belongs to.
  var relation = "null"
  /// What is NULL is left out of the fact.
  var attributes: KeyValuePairs<String, String> = [:]
  var definition = "null"
  /// Common table expressions of this query alone.
  var tables = ""
  /// `from` and all that follows it.
  var source: String

  /// Whether any of its facts belong to relations.
  var isOfRelations: Bool { relation != "null" }

  static func all(serverVersion: Int) -> [FactQuery] {
    [
      schemas, extensions, relations, columns(serverVersion: serverVersion), defaults, constraints,
      indexes(serverVersion: serverVersion),
    ]
      + [policies, triggers, routines, types, sequences, grants, defaultPrivileges, eventTriggers, comments]
      + publications(serverVersion: serverVersion)
  }

  /// Every row is one array: the identity, the relation, the definition, and then the attributes.
  ///
  /// - Parameter relations: Those whose facts are read, beside all facts that belong to no relation; nil for every one.
  func query(scope: Scope, relations: [Int64]? = nil) -> Query {
    let identity = [objectKind, schema, name, arguments, memberKind, member, qualifier]
    let values = identity + [relation, definition] + attributes.map(\.value)
    return Query(
      """
      with \(Self.commonTables)\(tables.isEmpty ? "" : ",\n\(tables)")
      select array[
        \(values.map { "(\($0))::text" }.joined(separator: ",\n  "))
      ]
      \(source)
      """,
      scope.parameters + [relations]
    )
  }

  func fact(from row: Row) throws(PostgresError) -> Fact {
    let values = try row.decode(FactCells.self).values
    let object = Fact.Object(
      kind: Self.kind(values[0] ?? ""), schema: values[1], name: values[2] ?? "", arguments: values[3])
    let part = values[4].map { Fact.Member(kind: Self.kind($0), name: values[5] ?? "") }
    var attributes: [Fact.Attribute] = []
    for (attribute, value) in zip(self.attributes, values[9...]) {
      if let value { attributes.append(Fact.Attribute(name: attribute.key, value: value)) }
    }
    return Fact(
      id: Fact.ID(kind: kind ?? part?.kind ?? object.kind, object: object, member: part, qualifier: values[6]),
      attributes: attributes, definition: values[8], relation: values[7].flatMap { UInt32($0) })
  }

  private static func kind(_ name: String) -> Fact.Kind {
    guard let kind = kinds[name] else { preconditionFailure("a query calls a kind of fact \(name)") }
    return kind
  }

  private static let kinds = Dictionary(uniqueKeysWithValues: Fact.Kind.allCases.map { ($0.rawValue, $0) })
}

extension FactQuery {
  /// What all queries share: the objects in scope, without those that belong to an extension.
  ///
  /// `$1` is a regular expression for the schemas whose insides the scope leaves out, `$2` one for those among them
  /// that may hold what a user adds to a platform's tables, `$3` the numbers of the relations to read, or NULL. A table
  /// expression that a query does not name costs nothing.
  static let commonTables = #"""
    scope as (
      select $1::text as excluded, $2::text as managed
    ),
    namespace as materialized (
      select oid, nspname::text as name from pg_namespace where nspname !~ $1
    ),
    member as materialized (
      -- By the extensions, of which there are few, and not by pg_depend, which is long.
      select d.classid, d.objid
      from pg_extension e
      join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
    ),
    relation as materialized (
      select
        c.oid, n.name as schema, c.relname::text as name, c.relkind,
        case c.relkind
          when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
          when 'c' then 'composite type' else 'table'
        end as kind
      from pg_class c
      join namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
        and ($3::oid[] is null or c.oid = any ($3))
        and (
          case c.relkind when 'c' then 'pg_type'::regclass else 'pg_class'::regclass end,
          case c.relkind when 'c' then c.reltype else c.oid end
        ) not in (select classid, objid from member)
    ),
    routine as materialized (
      select
        p.oid, n.name as schema, p.proname::text as name,
        case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
        case p.prokind
          when 'a' then pg_get_function_identity_arguments(p.oid) else oidvectortypes(p.proargtypes)
        end as arguments
      from pg_proc p
      join namespace n on n.oid = p.pronamespace
      where ('pg_proc'::regclass, p.oid) not in (select classid, objid from member)
    ),
    named_type as materialized (
      select
        t.oid, n.name as schema, t.typname::text as name, t.typtype,
        case t.typtype when 'e' then 'enum' when 'd' then 'domain' else 'composite type' end as kind
      from pg_type t
      join namespace n on n.oid = t.typnamespace
      left join pg_class c on c.oid = t.typrelid
      where (t.typtype in ('e', 'd') or t.typtype = 'c' and c.relkind = 'c')
        and ('pg_type'::regclass, t.oid) not in (select classid, objid from member)
    ),
    policy as materialized (
      select
        p.oid, c.oid as relation, n.nspname::text as schema, c.relname::text as "table", p.polname::text as name
      from pg_policy p
      join pg_class c on c.oid = p.polrelid
      join pg_namespace n on n.oid = c.relnamespace
      where (n.nspname !~ $1 or n.nspname ~ $2)
        and ($3::oid[] is null or c.oid = any ($3))
        and ('pg_class'::regclass, c.oid) not in (select classid, objid from member)
    ),
    trigger as materialized (
      select
        t.oid, c.oid as relation, case c.relkind when 'v' then 'view' else 'table' end as kind,
        n.nspname::text as schema, c.relname::text as "table", t.tgname::text as name,
        format('%I.%I', fn.nspname, f.proname) as function
      from pg_trigger t
      join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_proc f on f.oid = t.tgfoid
      join pg_namespace fn on fn.oid = f.pronamespace
      left join pg_trigger parent on parent.oid = t.tgparentid
      where c.relkind in ('r', 'p', 'v')
        and ($3::oid[] is null or c.oid = any ($3))
        and (not t.tgisinternal or t.tgparentid <> 0)
        -- A partition's copy of its parent's trigger is a fact only where it differs from it.
        and (t.tgparentid = 0 or t.tgenabled <> parent.tgenabled)
        and not exists (select from pg_constraint k where k.oid = t.tgconstraint and k.contype <> 't')
        -- A trigger on a platform's table is the user's when its function is.
        and (n.nspname !~ $1 or n.nspname ~ $2 and fn.nspname !~ $1)
        and ('pg_class'::regclass, c.oid) not in (select classid, objid from member)
        and ('pg_trigger'::regclass, t.oid) not in (select classid, objid from member)
    )
    """#

  /// SQL for the qualified name of a row of a catalog, given its schema and name columns.
  static func collation(_ oid: String) -> String {
    """
    select format('%I.%I', n.nspname, o.collname)
    from pg_collation o join pg_namespace n on n.oid = o.collnamespace where o.oid = \(oid)
    """
  }
}
