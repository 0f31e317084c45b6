internal import Basics
internal import CLinux
internal import Glibc
internal import SystemPackage

/// A lock file of git's: `refs/notes/penstock.lock` for a reference, `packed-refs.lock` for those that are packed.
///
/// git's locks say nothing of who made them, so one that a dead process left stays for ever. Penstock marks its own:
/// while it holds a lock, the file contains `mark` and is under an advisory lock (`flock(2)`), which the kernel lets go
/// with the process. A marked file that nobody has under such a lock was left by a dead Penstock: that is the proof
/// needed to remove it. Every other lock file is only reported.
struct LockFile {
  /// Shorter than the value of a reference, which libgit2 writes over it right before the file becomes the reference.
  private static let mark = Array("penstock\n".utf8)

  let path: FilePath

  init(path: FilePath) {
    self.path = path
  }

  /// The lock file of a reference.
  init(of reference: RefName, in commonDirectory: FilePath) {
    path = commonDirectory.pushing(FilePath("\(reference).lock"))
  }

  /// A lock file that this process has made and marked.
  struct Claim: ~Copyable {
    fileprivate let descriptor: FileDescriptor

    deinit { close(descriptor.rawValue) }
  }

  /// Makes the lock file, in place of one that a dead Penstock left.
  ///
  /// It stays until it is removed or renamed, which must come before the claim ends.
  /// - Throws: `locked` when another process has made it.
  func make() throws(GitError) -> Claim {
    do throws(Errno) {
      return try makeOnce()
    } catch {
      guard error == .fileExists else { throw GitError(.other, "cannot make \(path): \(error)") }
    }
    guard removeIfAbandoned(), let claim = try? makeOnce() else {
      throw GitError(.locked, "another process has locked \(path)", lockFile: path)
    }
    return claim
  }

  /// Marks the lock file that libgit2 has just made for this process; nil when that fails, which harms nothing: should
  /// this process die within the next milliseconds, a person has to remove the file.
  func claim() -> Claim? {
    guard let claim = try? open(.readWrite), lock(claim), mark(claim) else { return nil }
    return claim
  }

  /// Removes the lock file when it is proved that the Penstock which made it is gone.
  /// - Returns: True when it was removed.
  func removeIfAbandoned() -> Bool {
    guard let found = try? open(.readOnly), lock(found), isMarked(found), isStillAtPath(found) else { return false }
    // Whoever else would remove this file must first hold the advisory lock that is held here.
    return unlink(path.string) == 0
  }

  /// The error for a writer whose time limit is over.
  func heldError(forWriting what: String, waited limit: Duration) -> GitError {
    guard let status = try? FileStatus(path) else {
      return GitError(
        .locked, "cannot write \(what): other writers held \(path) for \(limit.text): try again", lockFile: path)
    }
    return GitError(
      .locked,
      "cannot write \(what): \(path) is locked, has been for \(status.age.text), and stayed so for \(limit.text): "
        + "if no git process is at work there, it was left by one that died: remove it",
      lockFile: path)
  }

  private func makeOnce() throws(Errno) -> Claim {
    let claim = try open(.readWrite, options: [.create, .exclusiveCreate])
    if lock(claim) { _ = mark(claim) }
    return claim
  }

  private func open(
    _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = []
  ) throws(Errno) -> Claim {
    let descriptor = Glibc.open(path.string, mode.rawValue | options.rawValue | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return Claim(descriptor: FileDescriptor(rawValue: descriptor))
  }

  private func lock(_ claim: borrowing Claim) -> Bool {
    flock(claim.descriptor.rawValue, LOCK_EX | LOCK_NB) == 0
  }

  private func mark(_ claim: borrowing Claim) -> Bool {
    pwrite(claim.descriptor.rawValue, Self.mark, Self.mark.count, 0) == Self.mark.count
  }

  private func isMarked(_ claim: borrowing Claim) -> Bool {
    var content = [UInt8](repeating: 0, count: Self.mark.count + 1)
    let count = pread(claim.descriptor.rawValue, &content, content.count, 0)
    return count == Self.mark.count && content.starts(with: Self.mark)
  }

  private func isStillAtPath(_ claim: borrowing Claim) -> Bool {
    guard let opened = try? FileStatus(claim.descriptor), let present = try? FileStatus(path) else { return false }
    return opened.isSameFile(as: present)
  }
}
