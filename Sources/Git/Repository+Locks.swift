internal import Basics
internal import CLibGit2

extension Repository {
  /// How long a single change of a reference waits for another writer: git's own `core.packedRefsTimeout`.
  static let lockTimeLimit = Duration.seconds(1)

  /// Makes attempts until one does not meet another writer.
  ///
  /// libgit2 does not wait for lock files itself. Nor does it try again when git, packing references, removes an empty
  /// folder in which libgit2 is about to make a lock file; a few more attempts are enough for that. Between two attempts
  /// the repository is free for other work.
  /// - Parameter limit: How long to wait for lock files.
  /// - Throws: What the last attempt threw; `cancelled` when the task was cancelled.
  func retryingWhileLocked<Value: Sendable>(
    for limit: Duration, _ attempt: () throws(GitError) -> Value
  ) async throws(GitError) -> Value {
    let deadline = ContinuousClock.now + limit
    var failuresOfSystem = 0
    var pause = Duration.milliseconds(1)
    while true {
      do throws(GitError) {
        return try attempt()
      } catch {
        if error.isFromSystem { failuresOfSystem += 1 }
        let isWorthTrying =
          error.code == .locked ? ContinuousClock.now < deadline : error.isFromSystem && failuresOfSystem <= 3
        guard isWorthTrying else { throw error }
      }
      // Between half and the whole pause, so that several writers do not meet again.
      do {
        try await Task.sleep(for: pause * Double.random(in: 0.5...1))
      } catch {
        throw GitError(.cancelled, "gave up waiting for a lock in \(commonDirectory): the task was cancelled")
      }
      pause = min(pause * 2, .milliseconds(50))
    }
  }
}
