internal import CLibGit2

extension Repository {
  /// The value that counts of a key such as `init.defaultBranch`: the repository's own before the user's before the
  /// system's. Nil when none sets it.
  package func configuration(_ key: String) throws(GitError) -> String? {
    try configurationEntry(key)?.value
  }

  /// Every value of a key that may have several, in the order of the files.
  package func configurationValues(_ key: String) throws(GitError) -> [String] {
    try Git.configurationValues(of: key, in: openConfiguration().raw)
  }

  /// Sets a key in the repository's own configuration to one value.
  package func setConfiguration(_ key: String, to value: String) throws(GitError) {
    let local = try openLocalConfiguration()
    try check(git_config_set_string(local.raw, key, value), "set \(key) in \(commonDirectory)")
  }

  /// Adds a value to a key in the repository's own configuration, unless it has that value already.
  package func addConfiguration(_ key: String, value: String) throws(GitError) {
    let local = try openLocalConfiguration()
    guard try !Git.configurationValues(of: key, in: local.raw).contains(value) else { return }
    // The pattern says which of the values to replace, and this one fits none.
    try check(git_config_set_multivar(local.raw, key, "a^", value), "add to \(key) in \(commonDirectory)")
  }

  /// Removes one value of a key from the repository's own configuration; nothing happens when it is not there.
  package func removeConfiguration(_ key: String, value: String) throws(GitError) {
    let local = try openLocalConfiguration()
    let literal = value.map { $0.isLetter || $0.isNumber ? String($0) : "\\\($0)" }.joined()
    _ = try checkFound(
      git_config_delete_multivar(local.raw, key, "^\(literal)$"), "remove from \(key) in \(commonDirectory)")
  }

  /// The value that counts, and the kind of file that it is from.
  func configurationEntry(_ key: String) throws(GitError) -> (value: String, level: git_config_level_t)? {
    let configuration = try openConfiguration()
    var entry: UnsafeMutablePointer<git_config_entry>?
    guard try checkFound(git_config_get_entry(&entry, configuration.raw, key), "read \(key)"), let entry else {
      return nil
    }
    defer { git_config_entry_free(entry) }
    return (String(cString: entry.pointee.value), entry.pointee.level)
  }

  private func openConfiguration() throws(GitError) -> GitPointer {
    try GitPointer(freedBy: git_config_free, "read the configuration of \(commonDirectory)") {
      git_repository_config(&$0, handle.raw)
    }
  }

  private func openLocalConfiguration() throws(GitError) -> GitPointer {
    let all = try openConfiguration()
    return try GitPointer(freedBy: git_config_free, "read the configuration of \(commonDirectory)") {
      git_config_open_level(&$0, all.raw, GIT_CONFIG_LEVEL_LOCAL)
    }
  }
}

/// Every value of a key, in order; empty when nothing sets it.
func configurationValues(of key: String, in configuration: OpaquePointer) throws(GitError) -> [String] {
  guard
    let iterator = try GitPointer(
      found: { git_config_multivar_iterator_new(&$0, configuration, key, nil) }, freedBy: git_config_iterator_free,
      "read \(key)")
  else { return [] }
  var values: [String] = []
  var entry: UnsafeMutablePointer<git_config_entry>?
  while git_config_next(&entry, iterator.raw) == 0, let current = entry?.pointee {
    values.append(String(cString: current.value))
  }
  return values
}
