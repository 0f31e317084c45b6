package import Postgres

extension Difference {
  /// Reads what turns the schema of one database into that of another.
  ///
  /// It is the difference of their snapshots, but what ``RelationDigests`` finds to be alike is read of neither.
  /// - Throws: As ``Snapshot/read(from:scope:)`` does, and it leaves both connections as that does.
  package static func read(
    from first: Connection, to second: Connection, scope: Scope
  ) async throws(PostgresError) -> Difference {
    try await Snapshot.whileReading(first) { one throws(PostgresError) in
      try await Snapshot.whileReading(second) { other throws(PostgresError) in
        // How a server writes things, and what the small numbers in its catalogs mean, is its version's.
        guard one.serverVersion == other.serverVersion, RelationDigests.isSupported(serverVersion: one.serverVersion)
        else {
          let (from, to) = try await both(
            { () throws(PostgresError) in try await one.snapshot(scope: scope) },
            { () throws(PostgresError) in try await other.snapshot(scope: scope) })
          return Difference(from: from, to: to)
        }
        let (old, new) = try await both(
          { () throws(PostgresError) in try await one.digests(scope: scope) },
          { () throws(PostgresError) in try await other.digests(scope: scope) })
        let (from, to) = try await both(
          { () throws(PostgresError) in try await one.snapshot(scope: scope, of: old.part(differingFrom: new)) },
          { () throws(PostgresError) in try await other.snapshot(scope: scope, of: new.part(differingFrom: old)) })
        return Difference(from: from, to: to)
      }
    }
  }

  /// Does two things at the same time.
  private static func both<Value: Sendable>(
    _ one: @Sendable () async throws(PostgresError) -> Value, _ other: @Sendable () async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> (Value, Value) {
    // Results, because `async let` forgets an error's type.
    async let first = Result(one)
    async let second = Result(other)
    let results = await (first, second)
    return (try results.0.get(), try results.1.get())
  }
}

extension Snapshot.Reading {
  fileprivate func digests(scope: Scope) async throws(PostgresError) -> RelationDigests {
    try RelationDigests(try await run([RelationDigests.query(scope: scope, serverVersion: serverVersion)])[0])
  }
}

extension Result where Success: Sendable, Failure == PostgresError {
  fileprivate init(_ body: () async throws(PostgresError) -> Success) async {
    do throws(PostgresError) {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
