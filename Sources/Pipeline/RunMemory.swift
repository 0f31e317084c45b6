package import Lint
package import Schema

/// What runs have read and later ones would read again: it saves time, and losing it costs nothing else.
package struct RunMemory: Sendable {
  /// The schemas of shadows and targets.
  package let snapshots = SnapshotKeeper()
  /// The migrations as the linter parses them.
  package let files = LintFileCache()

  package init() {}
}
