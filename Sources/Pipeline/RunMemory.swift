internal import Basics
package import Lint
package import Schema
internal import Synchronization

/// What runs have read and later ones would read again: it saves time, and losing it costs nothing else.
package final class RunMemory: Sendable {
  /// The schemas of shadows and targets.
  package let snapshots = SnapshotKeeper()
  /// The migrations as the linter parses them.
  package let files = LintFileCache()
  /// The schemas of shadows that nothing has been done to, by what made them; the one used last is the last.
  private let states = Mutex<[(identity: Digest, scope: Scope, schema: Snapshot)]>([])

  private static let stateLimit = 8

  package init() {}

  /// The schema of a state of a shadow, if it was read before.
  func schema(of identity: Digest, _ scope: Scope) -> Snapshot? {
    states.withLock { $0.last { $0.identity == identity && $0.scope == scope }?.schema }
  }

  func keep(_ schema: Snapshot, of identity: Digest, _ scope: Scope) {
    states.withLock { states in
      states.removeAll { $0.identity == identity && $0.scope == scope }
      states.append((identity, scope, schema))
      if states.count > Self.stateLimit { states.removeFirst() }
    }
  }
}
