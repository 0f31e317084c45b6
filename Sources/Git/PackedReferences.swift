internal import Glibc
internal import SystemPackage

/// The file `packed-refs`, locked against every other writer for as long as this value lives.
///
/// Only for deleting a reference. libgit2 reads the file, and then locks and writes it when it deletes one, so that
/// whatever `git pack-refs` or `git gc` packed in between is gone (measured with 1.5.1: 62 of 1,032 branches). git locks
/// first, and so does this (git's `refs/packed-backend.c`).
struct PackedReferences: ~Copyable {
  private let path: FilePath
  private let lock: LockFile
  private let claim: LockFile.Claim

  /// - Throws: `locked` when another writer is at it.
  init(lockingIn commonDirectory: FilePath) throws(GitError) {
    path = commonDirectory.appending("packed-refs")
    lock = LockFile(path: commonDirectory.appending("packed-refs.lock"))
    claim = try lock.make()
  }

  deinit {
    unlink(lock.path.string)
  }

  /// Takes a reference out; nothing happens when it is not packed.
  func remove(_ name: RefName) throws(GitError) {
    do {
      guard let packed = try read() else { return }
      let kept = Self.removing(name, from: packed.bytes)
      guard kept.count < packed.bytes.count else { return }
      try replace(with: kept, permissions: packed.permissions)
    } catch {
      throw GitError(.other, "cannot take \(name) out of \(path): \(error)")
    }
  }

  /// The file without the line of a reference, and without the line after it that says what its tag points at (`^…`).
  static func removing(_ name: RefName, from packed: [UInt8]) -> [UInt8] {
    let end = Array(" \(name)".utf8)
    var kept: [UInt8] = []
    kept.reserveCapacity(packed.count)
    var isLeavingOut = false
    for line in packed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      let isPeeled = line.first == UInt8(ascii: "^")
      isLeavingOut = isPeeled ? isLeavingOut : line.count == 40 + end.count && line.suffix(end.count) == end[...]
      if !isLeavingOut { kept += line + [UInt8(ascii: "\n")] }
    }
    return kept
  }

  /// Nil when nothing was ever packed.
  private func read() throws -> (bytes: [UInt8], permissions: FilePermissions)? {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch Errno.noSuchFileOrDirectory {
      return nil
    }
    return try file.closeAfter {
      let status = try FileStatus(file)
      let bytes = try [UInt8](unsafeUninitializedCapacity: status.size) { buffer, count in
        while count < buffer.count {
          let read = try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
          if read == 0 { break }
          count += read
        }
      }
      return (bytes, status.permissions)
    }
  }

  /// Writes a file beside and puts it in the other's place, so that a reader sees the old or the new one.
  private func replace(with bytes: [UInt8], permissions: FilePermissions) throws {
    // Not `packed-refs.new`, as git calls its own: git would refuse to work if one were left by a crash.
    let new = path.removingLastComponent().appending("packed-refs.penstock")
    let file = try FileDescriptor.open(
      new, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
    try file.closeAfter {
      try file.writeAll(bytes)
      guard fchmod(file.rawValue, permissions.rawValue) == 0, fsync(file.rawValue) == 0 else {
        throw Errno(rawValue: errno)
      }
    }
    guard rename(new.string, path.string) == 0 else { throw Errno(rawValue: errno) }
  }
}
