internal import Basics
internal import CLibGit2

extension Repository {
  /// The note on an object; nil when it has none.
  ///
  /// Where several programs left a note each, at different depths of the notes' tree, their texts follow one another,
  /// as git shows them.
  package func note(on object: ObjectID, in notes: NotesRef) throws(GitError) -> String? {
    guard let tip = try target(of: notes.reference) else { return nil }
    return try note(on: object, inTree: tree(of: tip))
  }

  /// Replaces the note on an object by what `transform` makes of it, and loses nobody's note in doing so.
  ///
  /// `git_note_create` and `git notes add` read the notes, then write them, and a writer in between is lost. Here the
  /// notes' reference is locked before it is read and until it is written, so that writers which lock wait for one
  /// another. (A `git notes` in the middle of its own read and write can still undo this one; nothing can prevent it.)
  /// - Parameters:
  ///   - author: Author and committer of the commit on `notes`.
  ///   - timeLimit: How long to wait for another writer's lock.
  ///   - transform: From the present text, nil when there is none, to the new one. May be called more than once.
  ///     Nothing is written when it changes nothing.
  /// - Throws: `locked`, with the lock file and its age, when the limit is over.
  package func updateNote(
    on object: ObjectID, in notes: NotesRef, author: Signature, timeLimit: Duration = .seconds(10),
    _ transform: @Sendable (String?) -> String
  ) async throws(GitError) {
    do throws(GitError) {
      try await retryingWhileLocked(for: timeLimit) { () throws(GitError) in
        try updateNoteOnce(on: object, in: notes, author: author, transform)
      }
    } catch let error where error.code == .locked {
      let lock = LockFile(of: notes.reference, in: commonDirectory)
      throw lock.heldError(forWriting: "the note on \(object.abbreviated)", waited: timeLimit)
    }
  }

  private func updateNoteOnce(
    on object: ObjectID, in notes: NotesRef, author: Signature, _ transform: (String?) -> String
  ) throws(GitError) {
    let locked = try LockedReference(notes.reference, in: handle.raw, commonDirectory: commonDirectory)

    let tip = try target(of: notes.reference)
    let oldTree: ObjectID? = if let tip { try tree(of: tip) } else { nil }
    let oldText: String? = if let oldTree { try note(on: object, inTree: oldTree) } else { nil }
    let newText = transform(oldText)
    guard newText != oldText else { return }

    let newTree = try treeWithNote(writeBlob(newText), on: object, inTree: oldTree)
    let signature = try author.open()
    let commit = try writeCommit(of: newTree, parent: tip, by: signature.raw)
    try locked.set(to: commit, by: signature, message: "penstock: note on \(object.abbreviated)")
  }

  private func writeBlob(_ text: String) throws(GitError) -> ObjectID {
    let bytes = Array(text.utf8)
    var oid = git_oid()
    try check(git_blob_create_from_buffer(&oid, handle.raw, bytes, bytes.count), "write a note's text")
    return ObjectID(oid)
  }

  private func writeCommit(
    of tree: ObjectID, parent: ObjectID?, by signature: UnsafePointer<git_signature>
  ) throws(GitError) -> ObjectID {
    let tree = try openTree(tree)
    let message = "Notes added by Penstock\n"
    var oid = git_oid()
    if let parent {
      let parent = try openCommit(parent)
      var parents: OpaquePointer? = parent.raw
      try check(
        git_commit_create(&oid, handle.raw, nil, signature, signature, nil, message, tree.raw, 1, &parents),
        "write a commit of notes")
    } else {
      try check(
        git_commit_create(&oid, handle.raw, nil, signature, signature, nil, message, tree.raw, 0, nil),
        "write a commit of notes")
    }
    return ObjectID(oid)
  }
}
