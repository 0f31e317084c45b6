internal import CLibGit2
internal import SystemPackage

/// The formats that libgit2 refuses, in words that say what to do about it.
enum UnsupportedFormat {
  /// The reason why the repository at `gitDirectory` cannot be opened; nil when its format is not the reason.
  ///
  /// libgit2 names an extension that it does not know (`gitrepository-layout(5)`, "repositoryformatversion") and stops.
  static func explain(_ gitDirectory: FilePath) throws(GitError) -> GitError? {
    // A linked work tree's own directory is `worktrees/NAME` of the one that has the configuration.
    for directory in [gitDirectory, gitDirectory.removingLastComponent().removingLastComponent()] {
      let path = directory.appending("config")
      guard
        let configuration = try GitPointer(
          found: { git_config_open_ondisk(&$0, path.string) }, freedBy: git_config_free, "read \(path)")
      else { continue }
      for (key, values) in try extensions(in: configuration.raw) {
        guard let advice = advice(for: key, value: values) else { continue }
        return GitError(.unsupported, "\(directory) \(advice)")
      }
    }
    return nil
  }

  private static func extensions(in configuration: OpaquePointer) throws(GitError) -> [(key: String, value: String)] {
    let iterator = try GitPointer(freedBy: git_config_iterator_free, "read the repository's configuration") {
      git_config_iterator_glob_new(&$0, configuration, "^extensions\\.")
    }
    var found: [(key: String, value: String)] = []
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator.raw) == 0, let current = entry?.pointee {
      found.append((String(cString: current.name), String(cString: current.value)))
    }
    return found
  }

  /// What is unusual and what to do, as it continues the repository's path; nil for what libgit2 knows.
  /// - Parameter key: As libgit2 normalises it: in lower case.
  private static func advice(for key: String, value: String) -> String? {
    switch key {
    case "extensions.noop": nil
    case "extensions.objectformat":
      "names its objects by \(value), which libgit2 cannot read: use a repository made with "
        + "`git init --object-format=sha1`"
    case "extensions.refstorage":
      "keeps its references as \(value), which libgit2 cannot read: convert it with "
        + "`git refs migrate --ref-format=files`"
    case "extensions.partialclone":
      "is a partial clone of \(value), so that objects may be missing: use a full clone"
    case "extensions.worktreeconfig":
      "has a configuration for each work tree, which libgit2 cannot read: move what `config.worktree` says to "
        + "`config`, then `git config --unset extensions.worktreeConfig`"
    default:
      "uses the git extension \(key.dropFirst("extensions.".count)), which libgit2 does not know: "
        + "if nothing needs it, `git config --unset \(key)`"
    }
  }
}
