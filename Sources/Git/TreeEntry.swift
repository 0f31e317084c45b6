internal import CLibGit2

/// What a path is, in a commit or in the index.
package struct TreeEntry: Hashable, Sendable {
  /// A path's kind, as git keeps it.
  package enum Mode: Hashable, Sendable {
    case file
    case executable
    case symbolicLink
    /// A commit of another repository, which is not here.
    case submodule
    case directory
  }

  /// From the top of the repository, with `/` between the parts.
  package let path: String
  package let mode: Mode
  /// A blob; for a directory a tree, for a submodule a commit of the other repository.
  package let id: ObjectID

  /// The path's last part.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// True for a file with content of its own, executable or not.
  package var isFile: Bool { mode == .file || mode == .executable }
}

extension TreeEntry.Mode {
  /// Modes that git no longer writes (0100664) read as the nearest that it does.
  init(_ mode: git_filemode_t) {
    self =
      switch mode {
      case GIT_FILEMODE_TREE: .directory
      case GIT_FILEMODE_LINK: .symbolicLink
      case GIT_FILEMODE_COMMIT: .submodule
      case GIT_FILEMODE_BLOB_EXECUTABLE: .executable
      default: .file
      }
  }
}
