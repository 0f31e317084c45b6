internal import CLibGit2
internal import SystemPackage

/// A reference that nobody else can change for as long as this value lives (`git_transaction`).
struct LockedReference: ~Copyable {
  let name: RefName
  private let transaction: OpaquePointer
  private let claim: LockFile.Claim?

  /// Locks a reference, which need not exist, in place of a dead Penstock.
  /// - Throws: `locked` when another writer has it.
  init(_ name: RefName, in repository: OpaquePointer, commonDirectory: FilePath) throws(GitError) {
    var created: OpaquePointer?
    try check(git_transaction_new(&created, repository), "lock \(name)")
    guard let created else { preconditionFailure("libgit2 reported success and made no transaction") }
    let file = LockFile(of: name, in: commonDirectory)
    do throws(GitError) {
      try Self.lock(name, by: created, file: file)
    } catch {
      git_transaction_free(created)
      throw error
    }
    self.name = name
    transaction = created
    claim = file.claim()
  }

  deinit {
    // This removes the lock file, unless it has become the reference; only then the claim on it ends.
    git_transaction_free(transaction)
  }

  /// Points the reference at an object, and unlocks it.
  /// - Parameter message: For the reference's log.
  consuming func set(
    to target: ObjectID, by author: borrowing SignaturePointer, message: String
  ) throws(GitError) {
    var oid = target.oid
    try check(
      git_transaction_set_target(transaction, name.rawValue, &oid, author.raw, message), "write \(name)")
    try check(git_transaction_commit(transaction), "write \(name)")
  }

  private static func lock(
    _ name: RefName, by transaction: OpaquePointer, file: LockFile
  ) throws(GitError) {
    do throws(GitError) {
      try check(git_transaction_lock_ref(transaction, name.rawValue), "lock \(name)")
    } catch let error where error.code == .locked && file.removeIfAbandoned() {
      try check(git_transaction_lock_ref(transaction, name.rawValue), "lock \(name)")
    }
  }
}
