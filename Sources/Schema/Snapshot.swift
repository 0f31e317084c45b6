package import Postgres
internal import Synchronization

/// The schema of a database at one moment.
package struct Snapshot: Sendable {
  /// Sorted by identity, each identity once.
  package let facts: [Fact]
  /// What the facts say nothing about, sorted by kind.
  package let unmodelled: [Unmodelled]
  package let fingerprint: Fingerprint
  /// As libpq writes it: 150018 is PostgreSQL 15.18.
  package let serverVersion: Int
  private let typed = Typed()

  init(facts: [Fact], unmodelled: [Unmodelled], serverVersion: Int) {
    self.init(sorted: facts.sorted { $0.id < $1.id }, unmodelled: unmodelled, serverVersion: serverVersion)
  }

  /// - Parameters:
  ///   - facts: Sorted by identity.
  ///   - others: Sorted likewise; no fact is in both.
  init(merging facts: [Fact], _ others: [Fact], unmodelled: [Unmodelled], serverVersion: Int) {
    var merged: [Fact] = []
    merged.reserveCapacity(facts.count + others.count)
    var rest = others[...]
    for fact in facts {
      while let next = rest.first, next.id < fact.id { merged.append(rest.removeFirst()) }
      merged.append(fact)
    }
    self.init(sorted: merged + rest, unmodelled: unmodelled, serverVersion: serverVersion)
  }

  private init(sorted facts: [Fact], unmodelled: [Unmodelled], serverVersion: Int) {
    self.facts = facts
    self.unmodelled = unmodelled
    self.serverVersion = serverVersion
    fingerprint = Fingerprint(of: facts)
  }

  /// Reads a database's schema, in one transaction. A ``SnapshotKeeper`` reads only what has changed.
  ///
  /// The session's `search_path` has no schema of a user's meanwhile, so that the server qualifies every name it writes
  /// and no temporary table is taken for a catalog, and every other setting that shows in what it writes is set to one
  /// value. In a transaction that is open, what it sees is read, and
  /// its settings are put back.
  /// - Throws: The server's error, such as a lost connection. The connection is then in no transaction, or in one that
  ///   has failed.
  package static func read(from connection: Connection, scope: Scope) async throws(PostgresError) -> Snapshot {
    try await whileReading(connection) { reading throws(PostgresError) in
      try await reading.snapshot(scope: scope)
    }
  }
}

extension Snapshot {
  /// The same schema, typed; made when it is first asked for, for all copies of the snapshot.
  package var catalog: Catalog {
    typed.catalog.withLock { catalog in
      let made = catalog ?? Catalog(self)
      catalog = made
      return made
    }
  }

  private final class Typed: Sendable {
    let catalog = Mutex<Catalog?>(nil)
  }
}

// MARK: - Reading

extension Snapshot {
  /// What is read of a schema.
  enum Part {
    case everything
    /// Some relations, by number, and all that belongs to no relation.
    case relationsAndOthers([Int64])
    case relations([Int64])

    /// Nil for all of them.
    var relations: [Int64]? {
      switch self {
      case .everything: nil
      case .relationsAndOthers(let relations), .relations(let relations): relations
      }
    }

    var isEmpty: Bool { !hasOthers && relations?.isEmpty == true }

    /// Whether what belongs to no relation is in it.
    var hasOthers: Bool {
      switch self {
      case .everything, .relationsAndOthers: true
      case .relations: false
      }
    }
  }

  /// A connection in a transaction that reads a schema.
  struct Reading {
    let connection: Connection
    let serverVersion: Int

    func run(_ queries: [Query]) async throws(PostgresError) -> [[Row]] {
      try await connection.pipeline(queries)
    }

    /// - Parameter part: A part of the schema, where a snapshot of nothing else is wanted.
    func snapshot(scope: Scope, of part: Part = .everything) async throws(PostgresError) -> Snapshot {
      let found = try await read(scope: scope, part, isAlone: true)
      let facts = found.facts
      return Snapshot(facts: facts, unmodelled: try await unmodelled(in: found, facts), serverVersion: serverVersion)
    }

    /// What was read of a schema.
    struct Found {
      var facts: [Fact] = []
      /// Kinds that are known to have no facts.
      var unmodelled: [Unmodelled] = []
      let present: PresentObjects
    }

    /// All that no fact describes, sorted by kind.
    /// - Parameter facts: All of the schema's.
    func unmodelled(in found: Found, _ facts: [Fact]) async throws(PostgresError) -> [Unmodelled] {
      let objects = found.present.withoutFacts(among: facts)
      guard !objects.isEmpty else { return found.unmodelled }
      let rows = try await run([PresentObjects.description(of: objects)])[0]
      return (found.unmodelled + (try rows.map(Self.unmodelled))).sorted { $0.kind.precedes($1.kind) }
    }

    private static func unmodelled(_ row: Row) throws(PostgresError) -> Unmodelled {
      let (kind, count, names) = try row.decode(String.self, Int.self, [String].self)
      return Unmodelled(kind: kind, count: count, names: names)
    }

    /// - Parameter isAlone: Whether nothing else of the schema is known: what is present is then looked for in the part.
    func read(scope: Scope, _ part: Part, isAlone: Bool = false) async throws(PostgresError) -> Found {
      let all = FactBatch.all(serverVersion: serverVersion)
      let batches = part.isEmpty ? [] : part.hasOthers ? all : all.compactMap(\.ofRelations)
      let results = try await run(
        batches.map { $0.query(scope: scope, relations: part.relations) }
          + [
            UnmodelledQuery.query(scope: scope),
            PresentObjects.query(scope: scope, in: isAlone ? part : .everything),
          ])
      var found = Found(present: try PresentObjects(results[batches.count + 1]))
      found.facts.reserveCapacity(results.reduce(0) { $0 + $1.count })
      for (batch, rows) in zip(batches, results) {
        for row in rows {
          guard let fact = scope.admit(try batch.fact(from: row)) else { continue }
          if part.hasOthers || fact.relation != nil { found.facts.append(fact) }
        }
      }
      found.unmodelled = try results[batches.count].map(Self.unmodelled)
      return found
    }
  }

  /// Runs `body` in a transaction of its own, or within the one that is open.
  static func whileReading<Value: Sendable>(
    _ connection: Connection, _ body: (Reading) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    let isWithin = await connection.transactionStatus == .inTransaction
    let begin: Query = isWithin ? "SAVEPOINT penstock_snapshot" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    let end: [Query] =
      isWithin ? ["ROLLBACK TO SAVEPOINT penstock_snapshot", "RELEASE SAVEPOINT penstock_snapshot"] : ["COMMIT"]
    do {
      _ = try await connection.pipeline([begin, settings])
      let value = try await body(Reading(connection: connection, serverVersion: await connection.serverVersion))
      _ = try await connection.pipeline(end)
      return value
    } catch {
      // The first error is the one to tell: when this fails too, the connection is lost, and with it the transaction.
      if !isWithin { _ = try? await connection.execute("ROLLBACK", evenIfCancelled: true) }
      throw error
    }
  }

  /// Constants in defaults and bounds are written as these settings say. Compiling queries that run once costs more
  /// than it saves, and the planner's guesses about catalogs are high enough for it to try.
  private static let settings: Query = """
    select
      set_config('search_path', 'pg_catalog, pg_temp', true), set_config('jit', 'off', true), set_config('timezone', 'UTC', true),
      set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true),
      set_config('extra_float_digits', '3', true), set_config('bytea_output', 'hex', true),
      set_config('quote_all_identifiers', 'off', true)
    """
}
