internal import Postgres

/// What no fact says, because the schema is the same either way, and a plan heeds all the same: in which order PostgreSQL
/// has what facts have sorted, and `pg_dump` writes it, and which extensions cannot be moved.
package struct Unsaid: Sendable {
  /// Of objects and columns, to whom there are grants: their facts' qualifiers, without the owner's and what PostgreSQL
  /// grants by itself.
  private(set) var grantees: [Fact.ID: [String]] = [:]
  /// Options of tables, views and columns, and the tags of event triggers, as facts write them.
  private(set) var lists: [Fact.ID: [String]] = [:]
  /// Extensions that stay in the schema that they were made in.
  private(set) var unmovable: Set<Fact.ID> = []
  /// PostgreSQL sorts what a new object is born with by the roles' numbers.
  private var ranks: [String: Int] = [:]

  init() {}

  /// Sorts grantees as those of a new object are.
  func sorted(_ grantees: some Sequence<String>) -> [String] {
    func rank(_ name: String) -> Int { name == "public" ? -1 : ranks[name] ?? .max }
    return grantees.sorted { (rank($0), $0) < (rank($1), $1) }
  }

  /// Those of `present` that must go and come again, where what comes is put last, for `wanted` to be the order.
  static func outOfPlace(_ present: [String], wanted: [String]) -> [String] {
    var staying = present.filter(wanted.contains)[...]
    var inPlace: Set<String> = []
    for name in wanted {
      guard let index = staying.firstIndex(of: name) else { break }
      inPlace.insert(name)
      staying = staying[(index + 1)...]
    }
    return present.filter { wanted.contains($0) && !inPlace.contains($0) }
  }
}

extension Unsaid {
  /// - Parameter rows: Of ``query``.
  init(_ rows: [Row], of facts: [Fact]) throws(PostgresError) {
    let ids = Dictionary(
      facts.compactMap { fact in fact.address.map { ($0, fact.id) } }, uniquingKeysWith: { first, _ in first })
    for row in rows {
      let (what, catalog, number, column, names) = try row.decode(
        String.self, String.self, Int64.self, Int32.self, FactCells.self)
      let list = names.values.compactMap(\.self)
      if what == "roles" {
        ranks = Dictionary(zip(list, 0...), uniquingKeysWith: { first, _ in first })
        continue
      }
      guard let catalog = Fact.Address.Catalog(rawValue: catalog),
        let id = ids[Fact.Address(catalog: catalog, number: UInt32(number), column: column)]
      else { continue }
      switch what {
      case "grantees": grantees[id] = list
      case "unmovable": unmovable.insert(id)
      default: lists[id] = list
      }
    }
  }

  static let query: Query = """
    with privileged (catalog, oid, "column", type, owner, acl) as (
      select 'pg_class', oid, 0, case relkind when 'S' then 's' else 'r' end::"char", relowner, relacl
      from pg_class where relacl is not null
      union all
      select 'pg_class', c.oid, a.attnum, 'c', c.relowner, a.attacl
      from pg_attribute a join pg_class c on c.oid = a.attrelid where a.attacl is not null
      union all
      select 'pg_proc', oid, 0, 'f', proowner, proacl from pg_proc where proacl is not null
      union all
      select 'pg_namespace', oid, 0, 'n', nspowner, nspacl from pg_namespace where nspacl is not null
      union all
      select 'pg_type', oid, 0, 'T', typowner, typacl from pg_type where typacl is not null
      union all
      select 'pg_foreign_data_wrapper', oid, 0, 'F', fdwowner, fdwacl from pg_foreign_data_wrapper
      where fdwacl is not null
      union all
      select 'pg_foreign_server', oid, 0, 'S', srvowner, srvacl from pg_foreign_server where srvacl is not null
    )
    select 'grantees', catalog, oid::int8, "column"::int4, array(
      select
        case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
          || case when x.grantor <> owner then ' by ' || pg_get_userbyid(x.grantor) else '' end
      from unnest(acl) with ordinality i (item, place),
        lateral (select grantee, grantor from aclexplode(array[item]) limit 1) x
      where x.grantee <> owner and not acldefault(type, owner) @> item
      order by place
    )::text
    from privileged
    union all
    select 'options', 'pg_class', c.oid::int8, 0, (
      coalesce(c.reloptions, '{}') || array(select 'toast.' || option from unnest(t.reloptions) option)
    )::text
    from pg_class c left join pg_class t on t.oid = c.reltoastrelid
    where c.relkind <> 't' and (cardinality(c.reloptions) > 1 or cardinality(t.reloptions) > 1)
    union all
    select 'options', 'pg_class', attrelid::int8, attnum::int4, array(
      select option from unnest(attoptions) with ordinality o (option, place)
      where not starts_with(option, 'pg_attver=') order by place
    )::text
    from pg_attribute where cardinality(attoptions) > 1
    union all
    select 'tags', 'pg_event_trigger', oid::int8, 0, array(
      select quote_literal(tag) from unnest(evttags) with ordinality t (tag, place) order by place
    )::text
    from pg_event_trigger where cardinality(evttags) > 1
    union all
    select 'unmovable', 'pg_extension', oid::int8, 0, '{}' from pg_extension where not extrelocatable
    union all
    select 'roles', '', 0, 0, array(select rolname::text from pg_roles order by oid)::text
    """
}
