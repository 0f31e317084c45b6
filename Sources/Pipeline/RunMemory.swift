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
  /// What shadows that nothing has been done to are, by what made them; the one used last is the last.
  private let states = Mutex<[(identity: Digest, reader: SchemaReader, schema: ShadowSchema)]>([])

  private static let stateLimit = 8

  package init() {}

  /// What a state of a shadow is, if it was read before.
  func schema(of identity: Digest, _ reader: SchemaReader) -> ShadowSchema? {
    states.withLock { $0.last { $0.identity == identity && $0.reader == reader }?.schema }
  }

  func keep(_ schema: ShadowSchema, of identity: Digest, _ reader: SchemaReader) {
    states.withLock { states in
      states.removeAll { $0.identity == identity && $0.reader == reader }
      states.append((identity, reader, schema))
      if states.count > Self.stateLimit { states.removeFirst() }
    }
  }
}
