internal import Postgres

/// What each fact of a snapshot needs: a view its columns, a default its function, a foreign key the key it refers to.
///
/// Most of it is what the server keeps in `pg_depend`, read set-based for the whole schema. The bodies of functions are
/// in it only where they are written in SQL's own form (`BEGIN ATOMIC`); the others are texts to the server.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/catalog-pg-depend.html
package struct Dependencies: Sendable {
  /// One end of a dependency.
  struct Link: Hashable, Sendable {
    let id: Fact.ID
    /// Whether the one that needs goes without a word when the one that is needed goes: an index with its column.
    let isAutomatic: Bool
  }

  private var needs: [Fact.ID: [Link]] = [:]
  private var neededBy: [Fact.ID: [Link]] = [:]

  init() {}

  /// What a fact needs.
  func needs(of id: Fact.ID) -> [Link] { needs[id] ?? [] }

  /// What needs a fact.
  func dependents(on id: Fact.ID) -> [Link] { neededBy[id] ?? [] }

  mutating func add(_ id: Fact.ID, needs needed: Fact.ID, isAutomatic: Bool = false) {
    guard id != needed else { return }
    needs[id, default: []].append(Link(id: needed, isAutomatic: isAutomatic))
    neededBy[needed, default: []].append(Link(id: id, isAutomatic: isAutomatic))
  }
}

extension Dependencies {
  /// - Parameter rows: Of ``query``.
  init(_ rows: [Row], of facts: [Fact]) throws(PostgresError) {
    let ids = Dictionary(
      facts.compactMap { fact in fact.address.map { ($0, fact.id) } }, uniquingKeysWith: { first, _ in first })
    func address(_ catalog: String, _ number: Int64, _ column: Int32) -> Fact.ID? {
      guard let catalog = Fact.Address.Catalog(rawValue: catalog) else { return nil }
      return ids[Fact.Address(catalog: catalog, number: UInt32(number), column: column)]
    }
    for row in rows {
      let (catalog, number, column, otherCatalog, otherNumber, otherColumn, isAutomatic) = try row.decode(
        String.self, Int64.self, Int32.self, String.self, Int64.self, Int32.self, Bool.self)
      guard
        let id = address(catalog, number, column), let needed = address(otherCatalog, otherNumber, otherColumn)
      else { continue }
      add(id, needs: needed, isAutomatic: isAutomatic)
    }
  }

  /// One row a dependency: catalog, number and column of the one that needs and of the one that is needed, and whether
  /// it is automatic.
  ///
  /// What stands for something else is told as that: a view's rule as the view, the type of a table's rows as the table,
  /// an array's type as its element's, the expression of a generated column as the column, an extension's object as the
  /// extension.
  static let query: Query = """
    with member as materialized (
      select d.classid, d.objid, d.refobjid as extension
      from pg_depend d where d.deptype = 'e' and d.objid >= 16384
    ),
    stands_for (classid, objid, catalog, number, "column") as materialized (
      select 'pg_rewrite'::regclass::oid, r.oid, 'pg_class', r.ev_class::int8, 0
      from pg_rewrite r where r.oid >= 16384 and r.rulename = '_RETURN'
      union all
      select 'pg_attrdef'::regclass, d.oid, 'pg_class', d.adrelid::int8, d.adnum::int4
      from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where a.attgenerated <> ''
      union all
      select
        'pg_type'::regclass, t.oid, case when coalesce(e.typrelid, t.typrelid) <> 0 then 'pg_class' else 'pg_type' end,
        coalesce(nullif(coalesce(e.typrelid, t.typrelid), 0), e.oid)::int8, 0
      from pg_type t left join pg_type e on e.oid = t.typelem and e.typarray = t.oid
      where t.oid >= 16384 and (t.typrelid <> 0 or e.oid is not null)
        and ('pg_type'::regclass, coalesce(e.oid, t.oid)) not in (select classid, objid from member)
      union all
      select classid, objid, 'pg_extension', extension::int8, 0 from member
      union all
      select 'pg_type'::regclass, t.oid, 'pg_extension', m.extension::int8, 0
      from pg_type t join member m on m.classid = 'pg_type'::regclass and m.objid = t.typelem
      where t.typelem <> 0 and not exists (select from member o where o.classid = 'pg_type'::regclass and o.objid = t.oid)
      union all
      select 'pg_type'::regclass, r.rngmultitypid, 'pg_type', r.rngtypid::int8, 0
      from pg_range r where r.rngmultitypid >= 16384
    ),
    link as (
      select classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype
      from pg_depend
      where objid >= 16384 and deptype <> 'e' and refobjid >= 16384
    )
    select distinct
      coalesce(a.catalog, l.classid::regclass::text), coalesce(a.number, l.objid::int8),
      case
        when a.number is not null then a."column"
        when l.classid = 'pg_class'::regclass and c.relkind in ('i', 'I') then 0
        else l.objsubid
      end,
      coalesce(b.catalog, l.refclassid::regclass::text), coalesce(b.number, l.refobjid::int8),
      coalesce(b."column", l.refobjsubid),
      l.deptype in ('a', 'i', 'P', 'S') and a.number is null
    from link l
    left join stands_for a on a.classid = l.classid and a.objid = l.objid
    left join stands_for b on b.classid = l.refclassid and b.objid = l.refobjid
    left join pg_class c on l.classid = 'pg_class'::regclass and c.oid = l.objid
    """
}
