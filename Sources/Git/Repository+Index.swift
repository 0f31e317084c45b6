internal import CLibGit2
package import SystemPackage

extension Repository {
  /// The files that the next commit will have under a folder, by path: what is staged, changed or not.
  ///
  /// Paths in the middle of a merge conflict and paths of `git add --intent-to-add` have no content yet and are left
  /// out.
  /// - Parameters:
  ///   - folder: Without a `/` at its ends; empty for the top.
  ///   - indexFile: What `$GIT_INDEX_FILE` names: git sets it for `pre-commit`, and with `git commit --all` and
  ///     `git commit PATH` it is not the repository's usual index.
  package func stagedEntries(
    under folder: String, indexFile: FilePath? = nil
  ) throws(GitError) -> [TreeEntry] {
    let index =
      if let indexFile {
        try GitPointer(freedBy: git_index_free, "read the index \(indexFile)") {
          git_index_open(&$0, indexFile.string)
        }
      } else {
        try GitPointer(freedBy: git_index_free, "open the index of \(gitDirectory)") {
          git_repository_index(&$0, handle.raw)
        }
      }
    try check(git_index_read(index.raw, 0), "read the index of \(gitDirectory)")
    return (0..<git_index_entrycount(index.raw)).compactMap { position in
      let entry = git_index_get_byindex(index.raw, position).pointee
      let path = String(cString: entry.path)
      let stage = git_index_entry_stage(git_index_get_byindex(index.raw, position))
      let isPromised = UInt32(entry.flags_extended) & GIT_INDEX_ENTRY_INTENT_TO_ADD.rawValue != 0
      guard stage == 0, !isPromised, folder.isEmpty || path == folder || path.hasPrefix("\(folder)/") else {
        return nil
      }
      return TreeEntry(
        path: path, mode: TreeEntry.Mode(git_filemode_t(entry.mode)), id: ObjectID(entry.id))
    }
  }
}
