internal import Basics
internal import Lint
internal import Migrations
internal import Schema

extension LintInput {
  /// The migrations that a target has applied, and those that it is to get.
  ///
  /// - Parameters:
  ///   - strays: Files of the folder that are new and, by their names, no migrations.
  ///   - before: The shadow's schema without the pending migrations.
  ///   - after: The same with them; nil when they have not been applied to it yet.
  init(
    _ migrations: MigrationSet, _ history: HistoryComparison, strays: [String], cache: LintFileCache,
    before: Snapshot? = nil, after: Snapshot? = nil
  ) async {
    let pending = Set(history.pending.map(\.path) + history.entries(.duplicate).compactMap { $0.migration?.path })
    let sources = migrations.migrations.map {
      LintFileCache.Source(path: $0.path, bytes: $0.bytes, digest: $0.checksum, isPending: pending.contains($0.path))
    }
    let misnamed = strays.map { LintFileCache.Source(path: $0, bytes: [], digest: Digest(of: ""), isPending: true) }
    self.init(
      files: await cache.files(sources + misnamed),
      order: migrations.order,
      catalog: after?.catalog,
      catalogBefore: before?.catalog,
      appliedVersions: history.entries.compactMap { $0.history?.version },
      acceptedByServer: after != nil)
  }
}
