internal import CLibGit2
package import SystemPackage

/// Where git looks for a repository's hooks, and who said so.
package struct HooksDirectory: Hashable, Sendable {
  package enum Origin: Hashable, Sendable {
    /// Nobody: it is `hooks` in the repository.
    case standard
    /// `core.hooksPath` in the repository's own configuration.
    case repository
    /// `core.hooksPath` in the user's or the system's configuration: every repository's hooks, not to be written to.
    case global
  }

  /// Absolute; the folder may not exist.
  package let path: FilePath
  package let origin: Origin

  package init(path: FilePath, origin: Origin) {
    self.path = path
    self.origin = origin
  }
}

extension Repository {
  /// Where git looks for this repository's hooks: `git rev-parse --git-path hooks`.
  ///
  /// Linked work trees share one. A relative `core.hooksPath` counts from where git runs hooks: the top of the work
  /// tree, or a bare repository itself (`git-config(1)`).
  package func hooksDirectory() throws(GitError) -> HooksDirectory {
    guard let (value, level) = try configurationEntry("core.hooksPath") else {
      return HooksDirectory(path: commonDirectory.appending("hooks"), origin: .standard)
    }
    var parsed = git_buf()
    defer { git_buf_dispose(&parsed) }
    try check(git_config_parse_path(&parsed, value), "understand core.hooksPath, which is \(value)")
    let path = (workTree ?? gitDirectory).pushing(FilePath(String(cString: parsed.ptr)))
    let isLocal = level == GIT_CONFIG_LEVEL_LOCAL
    return HooksDirectory(path: path.lexicallyNormalized(), origin: isLocal ? .repository : .global)
  }
}
