package import SystemPackage

/// What went wrong in a repository.
///
/// The message is for a person: what was to be done, to what, and what libgit2 said about it. Programs match `code`.
package struct GitError: Error, Hashable, Sendable {
  package struct Code: Hashable, Sendable {
    private enum Value: Hashable {
      case ambiguous, cancelled, exists, invalid, locked, modified, notFound, other, tooLarge, unsupported, untrusted
      case wrongType
    }

    private let value: Value

    /// An abbreviated object name that fits several objects.
    package static let ambiguous = Code(value: .ambiguous)
    /// The task was cancelled while it waited for a lock.
    package static let cancelled = Code(value: .cancelled)
    /// Something of this name exists already.
    package static let exists = Code(value: .exists)
    /// A name, revision or path that git does not allow.
    package static let invalid = Code(value: .invalid)
    /// A lock file was in the way, and stayed there for the whole time limit: see `lockFile`.
    package static let locked = Code(value: .locked)
    /// A reference did not have the expected value.
    package static let modified = Code(value: .modified)
    /// No such repository, reference, object or path.
    package static let notFound = Code(value: .notFound)
    /// Anything else: a damaged object, a full disk, missing permissions.
    package static let other = Code(value: .other)
    /// A blob larger than the caller's limit.
    package static let tooLarge = Code(value: .tooLarge)
    /// A repository in a format that libgit2 cannot read.
    package static let unsupported = Code(value: .unsupported)
    /// A repository that belongs to a user who is not trusted.
    package static let untrusted = Code(value: .untrusted)
    /// The object is not of the kind that was asked for: a blob for a commit, a file for a folder.
    package static let wrongType = Code(value: .wrongType)
  }

  package let code: Code
  package let message: String
  /// The lock file that was in the way, when `code` is `locked` and the file is known.
  package let lockFile: FilePath?
  /// True when libgit2 says that a call to the system failed.
  let isFromSystem: Bool

  init(_ code: Code, _ message: String, lockFile: FilePath? = nil, isFromSystem: Bool = false) {
    self.code = code
    self.message = message
    self.lockFile = lockFile
    self.isFromSystem = isFromSystem
  }
}

extension GitError: CustomStringConvertible {
  package var description: String { message }
}
