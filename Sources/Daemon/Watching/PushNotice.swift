package import Git

/// What a server's hook tells of a push: a hint that makes things fast and names the pusher. What is true is read from
/// the repository.
package struct PushNotice: Codable, Hashable, Sendable {
  package struct Update: Codable, Hashable, Sendable {
    package let ref: RefName
    /// Nil for a new ref.
    package let old: ObjectID?
    /// Nil for a deleted ref.
    package let new: ObjectID?

    package init(ref: RefName, old: ObjectID?, new: ObjectID?) {
      self.ref = ref
      self.old = old
      self.new = new
    }

    /// A line of what git gives `post-receive`: `OLD NEW REF`. Nil for anything else.
    package init?(line: some StringProtocol) {
      let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let old = ObjectID(hex: fields[0]), let new = ObjectID(hex: fields[1]) else {
        return nil
      }
      self.init(
        ref: RefName(rawValue: String(fields[2])), old: old.isZero ? nil : old, new: new.isZero ? nil : new)
    }
  }

  /// The repository's folder, as the hook finds itself in it.
  package let repositoryPath: String
  package let updates: [Update]
  /// Who pushed, as the hook knows it; nil when it does not.
  package let actor: String?

  /// The same, by `user` where the hook does not know better.
  func attributed(to user: String) -> PushNotice {
    PushNotice(repositoryPath: repositoryPath, updates: updates, actor: actor ?? user)
  }

  package init(repositoryPath: String, updates: [Update], actor: String?) {
    self.repositoryPath = repositoryPath
    self.updates = updates
    self.actor = actor
  }
}
