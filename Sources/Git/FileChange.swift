/// A file that differs between two commits. A renamed file is one removed and one added.
package struct FileChange: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, Codable {
    case added
    case removed
    case modified
    /// Was a file and is a symbolic link, or the like.
    case retyped
  }

  package let path: String
  package let kind: Kind
  /// The blob before; nil for an added file.
  package let old: ObjectID?
  /// The blob after; nil for a removed file.
  package let new: ObjectID?
}
