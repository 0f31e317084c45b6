package import Postgres
internal import Synchronization

/// Reads snapshots, and keeps them for as long as they may save reading the next one.
///
/// Before anything is read, the versions of the catalogs' rows are, which are quick to read (``CatalogVersions``). When
/// they are those of a kept snapshot, of this database or of one that it is a copy of, that snapshot is the answer; when
/// few have changed, only what they are about is read. What comes out is what ``Snapshot/read(from:scope:)`` reads.
package final class SnapshotKeeper: Sendable {
  private struct Kept {
    let scope: Scope
    let versions: CatalogVersions
    let snapshot: Snapshot
  }

  /// The one used last is the first.
  private let kept = Mutex<[Kept]>([])
  /// How many facts are kept, beyond the first few snapshots: a fact takes half a kilobyte.
  private static let limit = 150_000
  /// A run reads two databases before and after.
  private static let minimum = 4

  package init() {}

  /// - Throws: As ``Snapshot/read(from:scope:)`` does, and it leaves the connection as that does.
  package func read(from connection: Connection, scope: Scope) async throws(PostgresError) -> Snapshot {
    let serverVersion = await connection.serverVersion
    guard CatalogVersions.isSupported(serverVersion: serverVersion) else {
      return try await Snapshot.read(from: connection, scope: scope)
    }
    return try await Snapshot.whileReading(connection) { reading throws(PostgresError) in
      let found = try await reading.run([CatalogVersions.query(serverVersion: serverVersion)])
      let versions = try CatalogVersions(found[0])
      let snapshot: Snapshot
      switch closest(to: versions, scope) {
      case (let kept, let changes)? where changes.isEmpty:
        snapshot = kept
      case (let kept, let changes)?:
        let touched = try await reading.run([CatalogVersions.relations(touchedBy: changes)])[0]
        let relations = try touched.map { row throws(PostgresError) in try row.decode(Int64?.self) }
        snapshot = try await kept.updated(
          relations.compactMap { $0 }, withOthers: !changes.isOfRelationsOnly || relations.contains(nil), reading,
          scope: scope)
      case nil:
        snapshot = try await reading.snapshot(scope: scope)
      }
      keep(Kept(scope: scope, versions: versions, snapshot: snapshot))
      return snapshot
    }
  }

  /// The kept snapshot with the fewest changes; nil when there is none that is worth beginning with.
  private func closest(
    to versions: CatalogVersions, _ scope: Scope
  ) -> (snapshot: Snapshot, changes: CatalogVersions.Changes)? {
    var best: (snapshot: Snapshot, changes: CatalogVersions.Changes)?
    for kept in kept.withLock({ $0 }) where kept.scope == scope {
      guard let changes = versions.changes(since: kept.versions) else { continue }
      if changes.isEmpty { return (kept.snapshot, changes) }
      // When much has changed, all is read as fast.
      guard changes.objects.count < best?.changes.objects.count ?? max(20, kept.snapshot.facts.count / 40) else {
        continue
      }
      best = (kept.snapshot, changes)
    }
    return best
  }

  private func keep(_ new: Kept) {
    kept.withLock { kept in
      kept.removeAll { $0.scope == new.scope && new.versions.changes(since: $0.versions)?.isEmpty == true }
      kept.insert(new, at: 0)
      var facts = 0
      for (index, one) in kept.enumerated() {
        facts += one.snapshot.facts.count
        if index >= Self.minimum, facts > Self.limit {
          kept.removeSubrange(index...)
          break
        }
      }
    }
  }
}

extension Snapshot {
  /// This snapshot with some relations read anew.
  ///
  /// - Parameter withOthers: Whether all that belongs to no relation is read too.
  fileprivate func updated(
    _ relations: [Int64], withOthers: Bool, _ reading: Reading, scope: Scope
  ) async throws(PostgresError) -> Snapshot {
    let part: Part = withOthers ? .relationsAndOthers(relations) : .relations(relations)
    let found = try await reading.read(scope: scope, part)
    let touched = Set(relations.map { UInt32($0) })
    let old = facts.filter { fact in fact.relation.map { !touched.contains($0) } ?? !withOthers }
    return Snapshot(
      merging: old, found.facts.sorted { $0.id < $1.id },
      unmodelled: try await reading.unmodelled(in: found, old + found.facts), serverVersion: reading.serverVersion)
  }
}
