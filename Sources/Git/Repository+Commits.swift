internal import CLibGit2

extension Repository {
  /// The commit that a revision stands for: anything that a user may type, as in `gitrevisions(7)`.
  ///
  /// A tag is followed to its commit. `notFound` or `ambiguous` when the revision names nothing or too much, `invalid`
  /// when it cannot be understood, `wrongType` when it names a file or a folder.
  package func resolve(_ revision: String) throws(GitError) -> ObjectID {
    guard
      let named = try GitPointer(
        found: { git_revparse_single(&$0, handle.raw, revision) }, freedBy: git_object_free,
        "find revision '\(revision)'")
    else {
      throw GitError(.notFound, "there is no revision '\(revision)' in \(commonDirectory)")
    }
    do throws(GitError) {
      let commit = try GitPointer(freedBy: git_object_free, "find the commit of '\(revision)'") {
        git_object_peel(&$0, named.raw, GIT_OBJECT_COMMIT)
      }
      return ObjectID(git_object_id(commit.raw).pointee)
    } catch let error where error.code == .invalid || error.code == .wrongType {
      let type = String(cString: git_object_type2string(git_object_type(named.raw)))
      throw GitError(.wrongType, "revision '\(revision)' is no commit but a \(type)")
    }
  }

  package func commit(_ id: ObjectID) throws(GitError) -> Commit {
    let commit = try openCommit(id)
    let parents = (0..<git_commit_parentcount(commit.raw)).map {
      ObjectID(git_commit_parent_id(commit.raw, $0).pointee)
    }
    return Commit(
      id: id,
      tree: ObjectID(git_commit_tree_id(commit.raw).pointee),
      parents: parents,
      author: Signature(git_commit_author(commit.raw).pointee),
      committer: Signature(git_commit_committer(commit.raw).pointee),
      message: String(cString: git_commit_message(commit.raw)))
  }

  /// The commits that `tip` has and `base` has not, newest first and children before their parents.
  /// - Parameters:
  ///   - base: Nil for the whole history.
  ///   - limit: The greatest number of commits to return.
  package func commits(upTo tip: ObjectID, since base: ObjectID?, limit: Int) throws(GitError) -> [Commit] {
    let walk = try GitPointer(freedBy: git_revwalk_free, "walk the history of \(tip)") {
      git_revwalk_new(&$0, handle.raw)
    }
    git_revwalk_sorting(walk.raw, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue)
    var tipOID = tip.oid
    try check(git_revwalk_push(walk.raw, &tipOID), "walk the history of \(tip)")
    if let base {
      var baseOID = base.oid
      try check(git_revwalk_hide(walk.raw, &baseOID), "leave out the history of \(base)")
    }
    var commits: [Commit] = []
    var next = git_oid()
    while commits.count < limit {
      let result = git_revwalk_next(&next, walk.raw)
      if result == GIT_ITEROVER.rawValue { break }
      try check(result, "walk the history of \(tip)")
      commits.append(try commit(ObjectID(next)))
    }
    return commits
  }

  /// True when `ancestor` is in the history of `descendant`, or is that commit.
  package func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
    if ancestor == descendant { return true }
    var ancestorOID = ancestor.oid
    var descendantOID = descendant.oid
    let result = try check(
      git_graph_descendant_of(handle.raw, &descendantOID, &ancestorOID),
      "compare the histories of \(ancestor) and \(descendant)")
    return result == 1
  }

  /// The best common ancestor; nil when the two histories have nothing in common.
  package func mergeBase(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> ObjectID? {
    var base = git_oid()
    var aOID = a.oid
    var bOID = b.oid
    let found = try checkFound(
      git_merge_base(&base, handle.raw, &aOID, &bOID), "find a common ancestor of \(a) and \(b)")
    return found ? ObjectID(base) : nil
  }

  func openCommit(_ id: ObjectID) throws(GitError) -> GitPointer {
    var oid = id.oid
    return try GitPointer(freedBy: git_commit_free, "read commit \(id)") {
      git_commit_lookup(&$0, handle.raw, &oid)
    }
  }
}

extension Signature {
  init(_ signature: git_signature) {
    self.init(
      name: String(cString: signature.name),
      email: String(cString: signature.email),
      time: signature.when.time,
      offsetMinutes: Int(signature.when.offset))
  }

  /// Throws `invalid` for a name that git cannot write: an empty one, or one with `<`, `>` or a line end.
  func open() throws(GitError) -> SignaturePointer {
    var created: UnsafeMutablePointer<git_signature>?
    try check(
      git_signature_new(&created, name, email, git_time_t(time), Int32(offsetMinutes)), "write as '\(self)'")
    guard let created else { preconditionFailure("libgit2 reported success and made no signature") }
    return SignaturePointer(raw: created)
  }
}

/// A signature of libgit2's, which is a visible struct and so no `OpaquePointer`.
struct SignaturePointer: ~Copyable {
  let raw: UnsafeMutablePointer<git_signature>

  deinit { git_signature_free(raw) }
}
