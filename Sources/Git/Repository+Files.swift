internal import CLibGit2
package import SystemPackage

extension Repository {
  /// The entries under a folder of a commit, in git's order (bytes of the path, a folder as if it ended with `/`).
  ///
  /// Symbolic links and submodules are entries like any other: whoever reads files refuses them by `mode`.
  /// - Parameters:
  ///   - folder: Without a `/` at its ends; empty for the top.
  ///   - recursive: True for everything that is not a folder, at any depth; false for what is directly inside.
  /// - Returns: Empty when the commit has nothing at `folder`.
  /// - Throws: `wrongType` when `folder` is there and is no folder.
  package func entries(
    of commit: ObjectID, under folder: String, recursive: Bool
  ) throws(GitError) -> [TreeEntry] {
    var top = try tree(of: commit)
    if !folder.isEmpty {
      guard let entry = try entry(at: folder, in: commit) else { return [] }
      guard entry.mode == .directory else {
        throw GitError(.wrongType, "\(folder) of commit \(commit.abbreviated) is no folder but a \(entry.mode.text)")
      }
      top = entry.id
    }
    var found: [TreeEntry] = []
    // Folders still to be read wait in `pending` as entries, so that the deepest tree costs no stack.
    var pending = try entries(ofTree: top, at: folder).reversed() as [TreeEntry]
    while let next = pending.popLast() {
      if recursive, next.mode == .directory {
        pending.append(contentsOf: try entries(ofTree: next.id, at: next.path).reversed())
      } else {
        found.append(next)
      }
    }
    return found
  }

  /// What a commit has at a path; nil when nothing.
  package func entry(at path: String, in commit: ObjectID) throws(GitError) -> TreeEntry? {
    let top = try openTree(tree(of: commit))
    guard
      let entry = try GitPointer(
        found: { git_tree_entry_bypath(&$0, top.raw, path) }, freedBy: git_tree_entry_free,
        "read \(path) of commit \(commit.abbreviated)")
    else { return nil }
    return TreeEntry(entry.raw, path: path)
  }

  /// A blob's size in bytes, found without reading the blob.
  package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
    let database = try openObjectDatabase()
    var oid = id.oid
    var size = 0
    var type = GIT_OBJECT_INVALID
    try check(git_odb_read_header(&size, &type, database.raw, &oid), "read blob \(id)")
    guard type == GIT_OBJECT_BLOB else {
      throw GitError(.wrongType, "object \(id) is no file but a \(String(cString: git_object_type2string(type)))")
    }
    return size
  }

  /// A blob's bytes.
  /// - Parameter limit: In bytes; a larger blob throws `tooLarge` before any of it is in memory.
  package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    let size = try blobSize(id)
    guard size <= limit else {
      throw GitError(.tooLarge, "blob \(id.abbreviated) has \(size) bytes, and \(limit) are allowed")
    }
    var oid = id.oid
    let blob = try GitPointer(freedBy: git_blob_free, "read blob \(id)") { git_blob_lookup(&$0, handle.raw, &oid) }
    return Array(UnsafeRawBufferPointer(start: git_blob_rawcontent(blob.raw), count: Int(git_blob_rawsize(blob.raw))))
  }

  /// The files that differ between two commits, by path in git's order.
  /// - Parameter old: Nil for "nothing": every file of `new` is then added.
  package func changes(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [FileChange] {
    let newTree = try openTree(tree(of: new))
    guard let old else { return try changes(from: nil, to: newTree.raw) }
    let oldTree = try openTree(tree(of: old))
    return try changes(from: oldTree.raw, to: newTree.raw)
  }

  /// Lets objects be found in another folder too.
  ///
  /// In `pre-receive` the pushed objects are not in the repository yet, but in `$GIT_QUARANTINE_PATH`
  /// (`git-receive-pack(1)`). Use a `Repository` of its own for this and drop it afterwards: the folder goes away.
  package func readObjects(alsoFrom folder: FilePath) throws(GitError) {
    let database = try openObjectDatabase()
    try check(git_odb_add_disk_alternate(database.raw, folder.string), "read objects from \(folder)")
  }
}

extension Repository {
  func tree(of commit: ObjectID) throws(GitError) -> ObjectID {
    ObjectID(git_commit_tree_id(try openCommit(commit).raw).pointee)
  }

  func openTree(_ id: ObjectID) throws(GitError) -> GitPointer {
    var oid = id.oid
    return try GitPointer(freedBy: git_tree_free, "read tree \(id)") { git_tree_lookup(&$0, handle.raw, &oid) }
  }

  private func openObjectDatabase() throws(GitError) -> GitPointer {
    try GitPointer(freedBy: git_odb_free, "open the objects of \(commonDirectory)") {
      git_repository_odb(&$0, handle.raw)
    }
  }

  private func entries(ofTree id: ObjectID, at folder: String) throws(GitError) -> [TreeEntry] {
    let tree = try openTree(id)
    return (0..<git_tree_entrycount(tree.raw)).map { index in
      let entry = git_tree_entry_byindex(tree.raw, index)!
      let name = String(cString: git_tree_entry_name(entry))
      return TreeEntry(entry, path: folder.isEmpty ? name : "\(folder)/\(name)")
    }
  }

  private func changes(from old: OpaquePointer?, to new: OpaquePointer) throws(GitError) -> [FileChange] {
    var options = git_diff_options()
    try check(
      git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "prepare a comparison of two commits")
    options.flags = GIT_DIFF_INCLUDE_TYPECHANGE.rawValue | GIT_DIFF_SKIP_BINARY_CHECK.rawValue
    let difference = try GitPointer(freedBy: git_diff_free, "compare two commits") {
      git_diff_tree_to_tree(&$0, handle.raw, old, new, &options)
    }
    return (0..<git_diff_num_deltas(difference.raw)).map { index in
      FileChange(git_diff_get_delta(difference.raw, index).pointee)
    }
  }
}

extension TreeEntry {
  fileprivate init(_ entry: OpaquePointer, path: String) {
    self.init(
      path: path, mode: Mode(git_tree_entry_filemode(entry)), id: ObjectID(git_tree_entry_id(entry).pointee))
  }
}

extension TreeEntry.Mode {
  fileprivate var text: String {
    switch self {
    case .file, .executable: "file"
    case .symbolicLink: "symbolic link"
    case .submodule: "submodule"
    case .directory: "folder"
    }
  }
}

extension FileChange {
  fileprivate init(_ delta: git_diff_delta) {
    let kind: Kind =
      switch delta.status {
      case GIT_DELTA_ADDED: .added
      case GIT_DELTA_DELETED: .removed
      case GIT_DELTA_TYPECHANGE: .retyped
      default: .modified
      }
    self.init(
      path: String(cString: delta.new_file.path),
      kind: kind,
      old: kind == .added ? nil : ObjectID(delta.old_file.id),
      new: kind == .removed ? nil : ObjectID(delta.new_file.id))
  }
}
