/// Who did something, and when.
package struct Signature: Hashable, Sendable, Codable {
  package let name: String
  package let email: String
  /// Seconds since 1970-01-01T00:00:00Z.
  package let time: Int64
  /// The person's offset from UTC, in minutes, east positive.
  package let offsetMinutes: Int

  package init(name: String, email: String, time: Int64, offsetMinutes: Int = 0) {
    self.name = name
    self.email = email
    self.time = time
    self.offsetMinutes = offsetMinutes
  }
}

extension Signature: CustomStringConvertible {
  package var description: String { "\(name) <\(email)>" }
}

/// A commit's own data, without its files.
///
/// Text that is not UTF-8 has its bad bytes replaced by U+FFFD.
package struct Commit: Hashable, Sendable, Codable {
  package let id: ObjectID
  package let tree: ObjectID
  /// Empty for a root commit, two or more for a merge.
  package let parents: [ObjectID]
  package let author: Signature
  package let committer: Signature
  /// The whole message, as it was written.
  package let message: String

  /// The message's first line.
  package var summary: String {
    String(message.drop { $0.isNewline }.prefix { !$0.isNewline })
  }
}
