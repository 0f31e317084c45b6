internal import Postgres

/// All objects in scope, by the rows that the catalogs have of them, however they are described.
///
/// The queries of facts choose by kinds; this one by catalogs, and so finds what those pass over: a kind that a newer
/// server has, or one that nobody thought of.
struct PresentObjects: Sendable {
  private let numbers: [(catalog: String, numbers: [UInt32])]

  /// One row a catalog that has any: its name, and the numbers of its rows.
  ///
  /// - Parameter part: Where they are looked for.
  static func query(scope: Scope, in part: Snapshot.Part) -> Query {
    let inSchemas = schemaCatalogs.filter { part.hasOthers || $0.catalog == .relation }.map {
      catalog, schema, condition in
      """
      select '\(catalog.rawValue)' as catalog, o.oid from \(catalog.rawValue) o
      join namespace n on n.oid = o.\(schema)
      where \(condition) and ('\(catalog.rawValue)'::regclass, o.oid) not in (select classid, objid from member)
      """
    }
    let inRelations = relationCatalogs.map { catalog, relation, condition in
      """
      select '\(catalog.rawValue)', o.oid from \(catalog.rawValue) o join relation r on r.oid = o.\(relation)
      where \(condition) and ('\(catalog.rawValue)'::regclass, o.oid) not in (select classid, objid from member)
      """
    }
    let inDatabase = (part.hasOthers ? databaseCatalogs : []).map { catalog, rows in
      """
      select '\(catalog.rawValue)', o.oid from \(rows) o
      where o.oid >= 16384 and ('\(catalog.rawValue)'::regclass, o.oid) not in (select classid, objid from member)
      """
    }
    let known = (Fact.Address.Catalog.allCases.map(\.rawValue) + ["pg_default_acl", "pg_subscription"])
      .map { "'\($0)'" }.joined(separator: ", ")
    let inTypes = """
      select 'pg_constraint', o.oid from pg_constraint o join named_type y on y.oid = o.contypid
      where o.contype not in ('t', 'n')
      """
    let others = [
      "select 'pg_class', i.indexrelid from pg_index i join relation r on r.oid = i.indrelid",
      """
      select d.classid::regclass::text, d.objid from pg_depend d
      where d.objid >= 16384
        and d.classid not in (
          select oid from pg_class where relnamespace = 'pg_catalog'::regnamespace and relname in (\(known))
        )
        and (d.classid, d.objid) not in (select classid, objid from member)
      group by d.classid, d.objid
      """,
    ]
    return Query(
      FactQuery.statement(
        """
        select catalog, array_agg(oid)::text[]
        from (
          \((inSchemas + inRelations + inDatabase + (part.hasOthers ? [inTypes] : []) + others).joined(separator: "\nunion all\n"))
        ) present
        group by catalog
        """),
      scope.parameters + [part.relations])
  }

  /// - Parameter rows: Of ``query(scope:in:)``.
  init(_ rows: [Row]) throws(PostgresError) {
    numbers = try rows.map { row throws(PostgresError) in
      let (catalog, numbers) = try row.decode(String.self, FactCells.self)
      return (catalog, numbers.values.compactMap { $0.flatMap { UInt32($0) } })
    }
  }

  /// Those that no fact is of; by catalog and number.
  func withoutFacts(among facts: [Fact]) -> [(catalog: String, number: UInt32)] {
    var described: Set<Fact.Address> = []
    for case let address? in facts.lazy.map(\.address) where address.column == 0 { described.insert(address) }
    return numbers.flatMap { catalog, numbers in
      let known = Fact.Address.Catalog(rawValue: catalog)
      return numbers.filter { number in
        known.map { !described.contains(Fact.Address(catalog: $0, number: number)) } ?? true
      }
      .map { (catalog, $0) }
    }
  }

  /// What they are, one row each kind, as ``UnmodelledQuery`` reports.
  static func description(of objects: [(catalog: String, number: UInt32)]) -> Query {
    Query(
      """
      select type, count(*), (array_agg(identity order by identity collate "C"))[:\(UnmodelledQuery.nameLimit)]
      from unnest($1::text[], $2::oid[]) o (catalog, number), pg_identify_object(o.catalog::regclass, o.number, 0)
      group by type
      """,
      [objects.map(\.catalog), objects.map { Int64($0.number) }])
  }

  private static let schemaCatalogs: [(catalog: Fact.Address.Catalog, schema: String, condition: String)] = [
    // Indexes are their relations'; a composite type is a member of an extension by its type.
    (
      .relation, "relnamespace",
      """
      o.relkind not in ('t', 'i', 'I') and ($3::oid[] is null or o.oid = any ($3)) and (
        o.relkind <> 'c' or ('pg_type'::regclass, o.reltype) not in (select classid, objid from member)
      )
      """
    ),
    // An array's, a relation's and a multirange's types are not made by themselves.
    (
      .type, "typnamespace",
      "o.typrelid = 0 and o.typtype <> 'm' and o.typsubscript <> 'array_subscript_handler'::regproc"
    ),
    (
      .routine, "pronamespace",
      "o.oid >= 16384 and not (o.prolang = 12 and o.prosrc ~ '^(multi)?range_constructor[0-3]$')"
    ),
    (.collation, "collnamespace", "o.collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))"),
    (.conversion, "connamespace", "true"),
    (.operator, "oprnamespace", "o.oprcode <> 0"),
    (.operatorClass, "opcnamespace", "true"),
    (.operatorFamily, "opfnamespace", "true"),
    (.statistics, "stxnamespace", "true"),
    (.textSearchConfiguration, "cfgnamespace", "true"),
    (.textSearchDictionary, "dictnamespace", "true"),
    (.textSearchParser, "prsnamespace", "true"),
    (.textSearchTemplate, "tmplnamespace", "true"),
  ]

  private static let relationCatalogs: [(catalog: Fact.Address.Catalog, relation: String, condition: String)] = [
    (.constraint, "conrelid", "o.contype not in ('t', 'n')"),
    (.policy, "polrelid", "true"),
    (.rule, "ev_class", "o.rulename <> '_RETURN'"),
    (.trigger, "tgrelid", "not o.tgisinternal and o.tgparentid = 0"),
  ]

  private static let databaseCatalogs: [(catalog: Fact.Address.Catalog, rows: String)] = [
    (.accessMethod, "pg_am"), (.cast, "(select * from pg_cast o where \(CatalogKind.isNotOfRange))"),
    (.foreignDataWrapper, "pg_foreign_data_wrapper"),
    (.foreignServer, "pg_foreign_server"), (.language, "pg_language"), (.transform, "pg_transform"),
    (.userMapping, "(select umid as oid from pg_user_mappings)"),
  ]
}
