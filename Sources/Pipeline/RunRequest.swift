package import Basics
package import Git

/// What is to be run: a commit that somebody pushed to a branch, or named on the command line.
package struct RunRequest: Codable, Hashable, Sendable {
  package let id: RunID
  /// The repository's name in the daemon's configuration, or its folder's name on the command line.
  package let repository: String
  /// The branch that was pushed to, as a full ref name.
  package let ref: RefName
  package let commit: ObjectID
  /// Where the ref was before the push; nil for a new branch or when nobody knows.
  package let previous: ObjectID?
  /// Who pushed, as the hook or the command line knows it.
  package let actor: String?
  package let queuedAt: Timestamp

  package init(
    id: RunID = RunID(), repository: String, ref: RefName, commit: ObjectID, previous: ObjectID? = nil,
    actor: String? = nil, queuedAt: Timestamp = .now
  ) {
    self.id = id
    self.repository = repository
    self.ref = ref
    self.commit = commit
    self.previous = previous
    self.actor = actor
    self.queuedAt = queuedAt
  }
}

extension RunRequest {
  /// The paths that the push changed, in git's order.
  ///
  /// Nil when nobody knows: the branch is new, or a force-push and a `git gc` took its old commit away.
  func changedPaths(in repository: Repository) async throws(GitError) -> [String]? {
    guard let previous else { return nil }
    do {
      return try await repository.changes(from: previous, to: commit).map(\.path)
    } catch  where error.code == .notFound {
      return nil
    }
  }
}
