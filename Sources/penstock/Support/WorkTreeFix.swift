import Foundation
import Git
import Lint
import SystemPackage

/// What `penstock validate --fix` does to the files of a work tree, or would do.
struct WorkTreeFix {
  let workspace: Workspace
  let changes: [Fixer.Change]

  /// All of it as a patch, for `git apply`.
  func patch() throws -> String {
    try changes.map { change in
      let old = change.oldPath.map { Patch.Side(path: $0, bytes: change.oldBytes) }
      return try Patch(from: old, to: .init(path: change.path, bytes: change.bytes)).text
    }.joined()
  }

  /// Writes the files: new ones first, so that nothing that moves from one to another is ever in none.
  ///
  /// Each is replaced as a whole, with the mode and the owner that it had. One that has changed since it was read is
  /// left as it is, and so is whatever comes after it.
  func write() throws {
    for change in changes where change.oldPath == nil { try create(change) }
    for change in changes {
      guard let old = change.oldPath else { continue }
      let (from, to) = (location(old), location(change.path))
      guard try Array(Data(contentsOf: from)) == change.oldBytes else {
        throw Failure(.no, "\(old) has changed while it was being fixed: run the command again")
      }
      if change.bytes != change.oldBytes { try replace(from, with: change.bytes) }
      if from != to { try FileManager.default.moveItem(at: from, to: to) }
    }
  }

  private func location(_ path: String) -> URL {
    URL(filePath: path.hasPrefix("/") ? path : workspace.root.appending(path).string)
  }

  private func create(_ change: Fixer.Change) throws {
    try Data(change.bytes).write(to: location(change.path), options: .withoutOverwriting)
  }

  /// By a file beside it that takes its place when it is complete, so that nobody ever reads half of one.
  private func replace(_ file: URL, with bytes: [UInt8]) throws {
    let file = file.resolvingSymlinksInPath()
    var status = stat()
    guard stat(file.path, &status) == 0 else { throw Errno(rawValue: errno) }
    let draft = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(UUID().uuidString)")
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(draft.path), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
      try descriptor.closeAfter {
        try descriptor.writeAll(bytes)
        // Only root can give a file away; for everybody else it is theirs already.
        if fchown(descriptor.rawValue, status.st_uid, status.st_gid) != 0, errno != EPERM {
          throw Errno(rawValue: errno)
        }
        guard fchmod(descriptor.rawValue, status.st_mode & 0o7777) == 0, fsync(descriptor.rawValue) == 0 else {
          throw Errno(rawValue: errno)
        }
      }
      guard rename(draft.path, file.path) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      unlink(draft.path)
      throw error
    }
  }
}
