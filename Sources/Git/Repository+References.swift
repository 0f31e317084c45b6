internal import CLibGit2
internal import Glibc
internal import SystemPackage

extension Repository {
  /// The references whose names start with `prefix`, by name, each with the object it leads to.
  ///
  /// A symbolic reference that leads nowhere is left out, as git leaves it out.
  package func references(under prefix: String = "refs/heads/") throws(GitError) -> [Reference] {
    // libgit2 lists the loose references, reads the packed ones, and leaves out a loose one that has gone since: one that
    // `git pack-refs` moves in between is in neither, and a branch would seem deleted. What is missed in one of two
    // listings is in the other. For the same reason each is then read by itself.
    let names = try names(startingWith: prefix).union(names(startingWith: prefix))
    var references: [Reference] = []
    for name in names.sorted() {
      guard let target = try target(of: name) else { continue }
      references.append(Reference(name: name, target: target))
    }
    return references
  }

  /// The object that a reference leads to, through symbolic references; nil when there is no such reference.
  package func target(of name: RefName) throws(GitError) -> ObjectID? {
    var oid = git_oid()
    let found = try checkFound(git_reference_name_to_id(&oid, handle.raw, name.rawValue), "read \(name)")
    return found ? ObjectID(oid) : nil
  }

  /// The branch that is checked out, or a bare repository's main branch; it may have no commits yet. Nil when HEAD is
  /// detached.
  package func head() throws(GitError) -> RefName? {
    try symbolicTarget(of: RefName(rawValue: "HEAD"))
  }

  /// Points a reference at an object.
  /// - Parameters:
  ///   - old: What the reference must point at; `zero` when it must not exist; nil when anything will do.
  ///   - message: For the reference's log.
  /// - Throws: `modified` when the reference is not as expected, `locked` when another writer held it for a second.
  package func setReference(
    _ name: RefName, to new: ObjectID, expecting old: ObjectID? = nil, message: String
  ) async throws(GitError) {
    try await retryingWhileLocked(for: Self.lockTimeLimit) { () throws(GitError) in
      try setReferenceOnce(name, to: new, expecting: old, message: message)
    }
  }

  /// Deletes a reference, and its log.
  /// - Returns: False when there was none.
  /// - Throws: `locked` when another writer held it, or the packed references, for a second.
  @discardableResult
  package func deleteReference(_ name: RefName) async throws(GitError) -> Bool {
    try await retryingWhileLocked(for: Self.lockTimeLimit) { () throws(GitError) in
      guard try openReference(name) != nil else { return false }
      try deleteReferenceOnce(name)
      return true
    }
  }

  /// The branch that work is measured against, for a person who named none: the remote's main branch as the last clone
  /// or fetch knew it (`origin/HEAD`), else `init.defaultBranch`, `main` or `master`, whichever is there first, of
  /// `origin` before the local one. Nil when none is there.
  package func defaultBranch() throws(GitError) -> RefName? {
    let remote = "refs/remotes/origin/"
    if let main = try symbolicTarget(of: RefName(rawValue: remote + "HEAD")), try target(of: main) != nil {
      return main
    }
    let usual = [try configuration("init.defaultBranch"), "main", "master"].compactMap { $0 }
    for branch in usual {
      for name in [RefName(rawValue: remote + branch), RefName(branch: branch)] where try target(of: name) != nil {
        return name
      }
    }
    return nil
  }

  private func names(startingWith prefix: String) throws(GitError) -> Set<RefName> {
    let iterator = try GitPointer(freedBy: git_reference_iterator_free, "list the references \(prefix)") {
      git_reference_iterator_glob_new(&$0, handle.raw, "\(prefix)*")
    }
    var names: Set<RefName> = []
    var name: UnsafePointer<CChar>?
    while true {
      let result = git_reference_next_name(&name, iterator.raw)
      if result == GIT_ITEROVER.rawValue { return names }
      try check(result, "list the references \(prefix)")
      if let name { names.insert(RefName(rawValue: String(cString: name))) }
    }
  }

  private func setReferenceOnce(
    _ name: RefName, to new: ObjectID, expecting old: ObjectID?, message: String
  ) throws(GitError) {
    var newOID = new.oid
    let action = "point \(name) at \(new.abbreviated)"
    _ = try GitPointer(freedBy: git_reference_free, action) { created in
      guard let old else { return git_reference_create(&created, handle.raw, name.rawValue, &newOID, 1, message) }
      var oldOID = old.oid
      return git_reference_create_matching(&created, handle.raw, name.rawValue, &newOID, 1, &oldOID, message)
    }
  }

  /// In git's own order, and without libgit2's deletion, which can lose others: see `PackedReferences`.
  private func deleteReferenceOnce(_ name: RefName) throws(GitError) {
    let locked = try LockedReference(name, in: handle.raw, commonDirectory: commonDirectory)
    let packed = try PackedReferences(lockingIn: commonDirectory)
    try packed.remove(locked.name)
    // Still under both locks, or it could be packed again before it is gone.
    let file = commonDirectory.pushing(FilePath(name.rawValue))
    guard unlink(file.string) == 0 || errno == ENOENT else {
      throw GitError(.other, "cannot delete \(file): \(Errno(rawValue: errno))")
    }
    try check(git_reflog_delete(handle.raw, name.rawValue), "delete the log of \(name)")
  }

  private func symbolicTarget(of name: RefName) throws(GitError) -> RefName? {
    guard let reference = try openReference(name) else { return nil }
    return git_reference_symbolic_target(reference.raw).map { RefName(rawValue: String(cString: $0)) }
  }

  private func openReference(_ name: RefName) throws(GitError) -> GitPointer? {
    try GitPointer(
      found: { git_reference_lookup(&$0, handle.raw, name.rawValue) }, freedBy: git_reference_free, "read \(name)")
  }
}
