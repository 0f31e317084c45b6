internal import Postgres

/// Fact queries that are sent as one: each query has its price before it reads a row, and most catalogs are empty.
struct FactBatch: Sendable {
  var queries: [FactQuery]

  static func all(serverVersion: Int) -> [FactBatch] {
    let large: [FactQuery] =
      [
        .schemas, .extensions, .relations, .columns(serverVersion: serverVersion), .defaults, .constraints,
        .indexes(serverVersion: serverVersion),
      ]
      + [
        .policies, .triggers, .routines, .types, .sequences, .relationGrants,
        .otherGrants(serverVersion: serverVersion),
      ]
    return large.map { FactBatch(queries: [$0]) } + [
      FactBatch(
        queries: [.rules, .domainConstraints, .rangeTypes, .baseTypes, .eventTriggers, .defaultPrivileges]
          + FactQuery.publications(serverVersion: serverVersion)
          + [.mappings, .familyOperators, .familyFunctions]
          + CatalogKind.all(serverVersion: serverVersion).map(\.query)),
      FactBatch(queries: FactQuery.relationRemarks),
      FactBatch(queries: FactQuery.otherRemarks(serverVersion: serverVersion)),
    ]
  }

  /// Those of its queries that read facts of relations; nil when there are none.
  var ofRelations: FactBatch? {
    let queries = queries.filter(\.isOfRelations)
    return queries.isEmpty ? nil : FactBatch(queries: queries)
  }

  /// - Parameter relations: Those whose facts are read, beside all facts that belong to no relation; nil for every one.
  func query(scope: Scope, relations: [Int64]? = nil) -> Query {
    var tables: [String] = []
    for query in queries where !query.tables.isEmpty && !tables.contains(query.tables) { tables.append(query.tables) }
    let selects =
      queries.count == 1 ? queries.map { $0.select() } : queries.enumerated().map { $1.select(after: ["\($0)"]) }
    return Query(
      FactQuery.statement(tables: tables, selects.joined(separator: "\nunion all\n")),
      scope.parameters + [relations])
  }

  func fact(from row: Row) throws(PostgresError) -> Fact {
    let values = try row.decode(FactCells.self).values
    guard queries.count > 1 else { return queries[0].fact(from: values[...]) }
    guard let index = values[0].flatMap(Int.init), queries.indices.contains(index) else {
      preconditionFailure("a row of no query of its batch")
    }
    return queries[index].fact(from: values[1...])
  }
}
