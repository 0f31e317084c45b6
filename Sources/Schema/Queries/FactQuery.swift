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
  /// The catalog that has the row that the fact is of, and the row's number, with `/` and a column's number after it for
  /// a column. What facts depend on is told by these (``Dependencies``); nil where nothing depends on such a fact.
  var address: (catalog: Fact.Address.Catalog, number: String)?
  /// What is NULL is left out of the fact.
  var attributes: Attributes = [:]
  var definition = "null"
  /// Common table expressions of this query alone.
  var tables = ""
  /// `from` and all that follows it.
  var source: String

  /// Whether any of its facts belong to relations.
  var isOfRelations: Bool { relation != "null" }

  /// SQL by the names of attributes, in the attributes' order.
  struct Attributes: ExpressibleByDictionaryLiteral, Sendable {
    var all: [(name: String, value: String)]

    init(dictionaryLiteral elements: (String, String)...) { all = elements.map { ($0, $1) } }

    init(_ all: [(name: String, value: String)]) { self.all = all }
  }

  /// Every row is one array: the identity, the relation, the address, the definition, and then the attributes.
  func select(after cells: [String] = []) -> String {
    let identity = [objectKind, schema, name, arguments, memberKind, member, qualifier]
    let values =
      cells + identity + [relation, address?.number ?? "null", definition] + attributes.all.map(\.value)
    return """
      select array[
        \(values.map { "(\($0))::text" }.joined(separator: ",\n  "))
      ]
      \(source)
      """
  }

  /// - Parameter values: Of a row of ``select(after:)``.
  func fact(from values: ArraySlice<String?>) -> Fact {
    let values = Array(values)
    let object = Fact.Object(
      kind: Self.kind(values[0] ?? ""), schema: values[1], name: values[2] ?? "", arguments: values[3])
    let part = values[4].map { Fact.Member(kind: Self.kind($0), name: values[5] ?? "") }
    var attributes: [Fact.Attribute] = []
    for (attribute, value) in zip(self.attributes.all, values[10...]) {
      if let value { attributes.append(Fact.Attribute(name: attribute.name, value: value)) }
    }
    return Fact(
      id: Fact.ID(kind: kind ?? part?.kind ?? object.kind, object: object, member: part, qualifier: values[6]),
      attributes: attributes, definition: values[9], relation: values[7].flatMap { UInt32($0) },
      address: address.flatMap { address in values[8].map { Fact.Address(address.catalog, $0) } })
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
  /// that may hold what a user adds to a platform's tables, `$3` the numbers of the relations to read, or NULL.
  static let commonTables = sharedTables.map(\.sql).joined(separator: ",\n")

  /// A statement with those of ``commonTables`` that it names: the server reads what it is sent, and twenty statements
  /// of which each names a few are most of a small schema's time.
  ///
  /// - Parameter tables: Further common table expressions, which may name the common ones.
  static func statement(tables: [String] = [], _ select: String) -> String {
    var needed = tables
    for table in sharedTables.reversed()
    where table.name == "scope" || select.contains(bytesOf: table.name)
      || needed.contains(where: { $0.contains(bytesOf: table.name) })
    {
      needed.insert(table.sql, at: 0)
    }
    return "with \(needed.joined(separator: ",\n"))\n\(select)"
  }

  /// In an order in which each names only those before it.
  private static let sharedTables: [(name: String, sql: String)] = [
    (
      "scope",
      #"""
      scope as (
        -- So that a parameter has a type where nothing else names it.
        select $1::text as excluded, $2::text as managed, $3::oid[] as relations
      )
      """#
    ),
    (
      "namespace",
      #"""
      namespace as materialized (
        select oid, nspname::text as name from pg_namespace where nspname !~ $1
      )
      """#
    ),
    (
      "member",
      #"""
      member as materialized (
        -- By the extensions, of which there are few, and not by pg_depend, which is long.
        select d.classid, d.objid
        from pg_extension e
        join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
      )
      """#
    ),
    (
      "relation",
      #"""
      relation as materialized (
        select
          c.oid, n.name as schema, c.relname::text as name, c.relkind,
          case c.relkind
            when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
            when 'c' then 'composite type' when 'f' then 'foreign table' else 'table'
          end as kind
        from pg_class c
        join namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')
          and ($3::oid[] is null or c.oid = any ($3))
          and (
            case c.relkind when 'c' then 'pg_type'::regclass else 'pg_class'::regclass end,
            case c.relkind when 'c' then c.reltype else c.oid end
          ) not in (select classid, objid from member)
      )
      """#
    ),
    (
      "routine",
      #"""
      routine as materialized (
        select
          p.oid, n.name as schema, p.proname::text as name,
          case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
          case p.prokind
            when 'a' then pg_get_function_identity_arguments(p.oid) else oidvectortypes(p.proargtypes)
          end as arguments
        from pg_proc p
        join namespace n on n.oid = p.pronamespace
        where p.oid >= 16384 and ('pg_proc'::regclass, p.oid) not in (select classid, objid from member)
          -- A range type's constructors come and go with it.
          and not (p.prolang = 12 and p.prosrc ~ '^(multi)?range_constructor[0-3]$')
      )
      """#
    ),
    (
      "named_type",
      #"""
      named_type as materialized (
        select
          t.oid, n.name as schema, t.typname::text as name, t.typtype,
          case t.typtype
            when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range type' when 'c' then 'composite type'
            else 'base type'
          end as kind
        from pg_type t
        join namespace n on n.oid = t.typnamespace
        where (
            t.typtype in ('e', 'd', 'r', 'p')
            or t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')
            or t.typtype = 'b' and t.typsubscript <> 'array_subscript_handler'::regproc
          )
          and ('pg_type'::regclass, t.oid) not in (select classid, objid from member)
      )
      """#
    ),
    (
      "policy",
      #"""
      policy as materialized (
        select
          p.oid, c.oid as relation, n.nspname::text as schema, c.relname::text as "table", p.polname::text as name
        from pg_policy p
        join pg_class c on c.oid = p.polrelid
        join pg_namespace n on n.oid = c.relnamespace
        where (n.nspname !~ $1 or n.nspname ~ $2)
          and ($3::oid[] is null or c.oid = any ($3))
          and ('pg_class'::regclass, c.oid) not in (select classid, objid from member)
      )
      """#
    ),
    (
      "trigger",
      #"""
      trigger as materialized (
        select
          t.oid, c.oid as relation,
          case c.relkind when 'v' then 'view' when 'f' then 'foreign table' else 'table' end as kind,
          n.nspname::text as schema, c.relname::text as "table", t.tgname::text as name,
          format('%I.%I', fn.nspname, f.proname) as function
        from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_proc f on f.oid = t.tgfoid
        join pg_namespace fn on fn.oid = f.pronamespace
        left join pg_trigger parent on parent.oid = t.tgparentid
        where c.relkind in ('r', 'p', 'v', 'f')
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
    ),
  ]

  /// SQL for the options that somebody gave to a column, null where nobody did.
  ///
  /// `pg_attver` is a number that the latest minor releases keep among them, where `pg_dump` too passes over it: it moves
  /// with the write-ahead log, and says nothing of the schema.
  static func attributeOptions(_ attribute: String) -> String {
    """
    case when \(attribute).attoptions is not null and not (
      array_length(\(attribute).attoptions, 1) = 1 and starts_with(\(attribute).attoptions[1], 'pg_attver=')
    ) then (
      select string_agg(option, ', ' order by option collate "C")
      from unnest(\(attribute).attoptions) option where not starts_with(option, 'pg_attver=')
    ) end
    """
  }

  /// SQL for the qualified name of a row of a catalog, given its schema and name columns.
  static func collation(_ oid: String) -> String {
    """
    select format('%I.%I', n.nspname, o.collname)
    from pg_collation o join pg_namespace n on n.oid = o.collnamespace where o.oid = \(oid)
    """
  }
}
