package import SystemPackage

/// Hints that references of some repositories may have changed: each element means "read them again".
///
/// A hint says neither what changed nor where, and may be about nothing: `git pack-refs` moves files without changing a
/// value. Nor does every change give one: a network file system tells nothing of other machines' writes. The truth is
/// reading the references, after every hint and every half minute besides. Hints that nobody has taken yet are one.
///
/// All repositories share one inotify descriptor (of which Linux allows a user 128), read by a thread of its own.
/// Watching ends when the watcher and its iterators are gone.
package struct RefWatcher: AsyncSequence, Sendable {
  private let hints: AsyncStream<Void>
  private let tree: WatchedTree

  /// Watches repositories from now on; a change before the first `next()` is not lost.
  /// - Parameter directories: Each repository's `commonDirectory`.
  /// - Throws: `notFound` for a directory that is not there, `other` when Linux's limits on inotify are reached.
  package init(directories: [FilePath]) throws(GitError) {
    let (hints, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.hints = hints
    tree = try WatchedTree(directories) { continuation.yield() }
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(hints: hints.makeAsyncIterator(), tree: tree)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private var hints: AsyncStream<Void>.Iterator
    /// Watching goes on for as long as somebody waits.
    private let tree: WatchedTree

    fileprivate init(hints: AsyncStream<Void>.Iterator, tree: WatchedTree) {
      self.hints = hints
      self.tree = tree
    }

    /// Nil once the task is cancelled.
    package mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> Void? {
      await hints.next(isolation: actor)
    }
  }
}
