package import Postgres

/// The schema of a database at one moment.
package struct Snapshot: Sendable {
  /// Sorted by identity, each identity once.
  package let facts: [Fact]
  /// What the facts say nothing about, sorted by kind.
  package let unmodelled: [Unmodelled]
  package let fingerprint: Fingerprint
  /// As libpq writes it: 150018 is PostgreSQL 15.18.
  package let serverVersion: Int

  init(facts: [Fact], unmodelled: [Unmodelled], serverVersion: Int) {
    // Facts are large to move about, so their places are sorted first.
    self.facts = facts.indices.sorted { facts[$0].id < facts[$1].id }.map { facts[$0] }
    self.unmodelled = unmodelled
    self.serverVersion = serverVersion
    fingerprint = Fingerprint(of: facts)
  }

  /// Reads a database's schema, in one transaction and one round trip.
  ///
  /// The session's `search_path` is empty meanwhile, so that the server qualifies every name it writes, and every other
  /// setting that shows in what it writes is set to one value. In a transaction that is open, what it sees is read, and
  /// its settings are put back.
  /// - Throws: The server's error, such as a lost connection. The connection is then in no transaction, or in one that
  ///   has failed.
  package static func read(from connection: Connection, scope: Scope) async throws(PostgresError) -> Snapshot {
    let serverVersion = await connection.serverVersion
    let queries = FactQuery.all(serverVersion: serverVersion)
    let isWithin = await connection.transactionStatus == .inTransaction
    let begin: Query = isWithin ? "SAVEPOINT penstock_snapshot" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    var pipeline = [begin, settings]
    pipeline += queries.map { $0.query(scope: scope) }
    pipeline += [UnmodelledQuery.query(scope: scope, serverVersion: serverVersion)]
    pipeline +=
      isWithin ? ["ROLLBACK TO SAVEPOINT penstock_snapshot", "RELEASE SAVEPOINT penstock_snapshot"] : ["COMMIT"]

    let results: [[Row]]
    do {
      results = try await connection.pipeline(pipeline)
    } catch {
      // The first error is the one to tell: when this fails too, the connection is lost, and with it the transaction.
      if !isWithin { _ = try? await connection.execute("ROLLBACK", evenIfCancelled: true) }
      throw error
    }

    var facts: [Fact] = []
    facts.reserveCapacity(results.reduce(0) { $0 + $1.count })
    for (query, rows) in zip(queries, results.dropFirst(2)) {
      for row in rows {
        if let fact = scope.admit(try query.fact(from: row)) { facts.append(fact) }
      }
    }
    var unmodelled: [Unmodelled] = []
    for row in results[queries.count + 2] {
      let (kind, count, names) = try row.decode(String.self, Int.self, [String].self)
      unmodelled.append(Unmodelled(kind: kind, count: count, names: names))
    }
    return Snapshot(facts: facts, unmodelled: unmodelled, serverVersion: serverVersion)
  }

  /// Constants in defaults and bounds are written as these settings say. Compiling queries that run once costs more
  /// than it saves, and the planner's guesses about catalogs are high enough for it to try.
  private static let settings: Query = """
    select
      set_config('search_path', '', true), set_config('jit', 'off', true), set_config('timezone', 'UTC', true),
      set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true),
      set_config('extra_float_digits', '3', true), set_config('bytea_output', 'hex', true),
      set_config('quote_all_identifiers', 'off', true)
    """
}
