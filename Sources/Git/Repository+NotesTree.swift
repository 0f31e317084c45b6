internal import CLibGit2

/// The tree of a notes commit.
///
/// A note is a blob whose path is the object's name, whole (`a1b2…`) or split into folders of two digits (`a1/b2…`,
/// `a1/b2/…`), and git reads any mixture of them (`fast-import`'s and `git notes`' "fan-out"). libgit2 writes the whole
/// names alone, so that each note rewrites one ever longer list: at 10,000 notes 20 ms and 680 KB. Here a note is always
/// in a folder, so that it costs one list of at most 256 folders and one of the notes in a folder.
extension Repository {
  /// The texts of all notes on an object, from the top of the tree down, one a paragraph; nil when there is none.
  func note(on object: ObjectID, inTree tree: ObjectID) throws(GitError) -> String? {
    var texts: [String] = []
    var digits = object.hex[...]
    var folder: ObjectID? = tree
    while let id = folder {
      let tree = try openTree(id)
      if let entry = git_tree_entry_byname(tree.raw, String(digits)), git_tree_entry_type(entry) == GIT_OBJECT_BLOB {
        texts.append(try text(ofBlob: ObjectID(git_tree_entry_id(entry).pointee)))
      }
      folder = Self.folder(of: digits, in: tree.raw)
      digits = digits.dropFirst(2)
    }
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }

  /// Writes the tree that has `blob` as the only note on an object, and is otherwise as before.
  func treeWithNote(
    _ blob: ObjectID, on object: ObjectID, inTree tree: ObjectID?
  ) throws(GitError) -> ObjectID {
    try treeWithNote(blob, at: object.hex[...], inTree: tree, isTop: true)
  }

  private func treeWithNote(
    _ blob: ObjectID, at digits: Substring, inTree tree: ObjectID?, isTop: Bool
  ) throws(GitError) -> ObjectID {
    let builder: GitPointer
    let folder: ObjectID?
    if let tree {
      let old = try openTree(tree)
      folder = Self.folder(of: digits, in: old.raw)
      builder = try openTreeBuilder(old.raw)
    } else {
      folder = nil
      builder = try openTreeBuilder(nil)
    }
    if folder != nil || isTop {
      if git_treebuilder_get(builder.raw, String(digits)) != nil {
        try check(git_treebuilder_remove(builder.raw, String(digits)), "write a tree of notes")
      }
      let inner = try treeWithNote(blob, at: digits.dropFirst(2), inTree: folder, isTop: false)
      try insert(inner, named: digits.prefix(2), GIT_FILEMODE_TREE, into: builder.raw)
    } else {
      try insert(blob, named: digits, GIT_FILEMODE_BLOB, into: builder.raw)
    }
    var written = git_oid()
    try check(git_treebuilder_write(&written, builder.raw), "write a tree of notes")
    return ObjectID(written)
  }

  /// The folder of the notes whose objects' names go on with the first two of `digits`; nil when there is none.
  private static func folder(of digits: Substring, in tree: OpaquePointer) -> ObjectID? {
    guard digits.utf8.count > 2, let entry = git_tree_entry_byname(tree, String(digits.prefix(2))),
      git_tree_entry_type(entry) == GIT_OBJECT_TREE
    else { return nil }
    return ObjectID(git_tree_entry_id(entry).pointee)
  }

  private func openTreeBuilder(_ tree: OpaquePointer?) throws(GitError) -> GitPointer {
    try GitPointer(freedBy: git_treebuilder_free, "write a tree of notes") {
      git_treebuilder_new(&$0, handle.raw, tree)
    }
  }

  private func insert(
    _ id: ObjectID, named name: Substring, _ mode: git_filemode_t, into builder: OpaquePointer
  ) throws(GitError) {
    var oid = id.oid
    try check(git_treebuilder_insert(nil, builder, String(name), &oid, mode), "write a tree of notes")
  }

  private func text(ofBlob id: ObjectID) throws(GitError) -> String {
    String(decoding: try blob(id, limit: .max), as: UTF8.self)
  }
}
