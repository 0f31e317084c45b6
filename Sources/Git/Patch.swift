internal import CLibGit2

/// The difference between two versions of a file, as `git diff` shows it and `git apply` takes it.
package struct Patch: Sendable {
  /// A version of a file.
  package struct Side: Sendable {
    /// From the repository's root, with slashes.
    let path: String
    let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// Ends with a line end; empty where nothing differs.
  package let text: String

  /// - Parameter old: Nil for a file that is new.
  package init(from old: Side?, to new: Side) throws(GitError) {
    let renaming = old.flatMap { $0.path == new.path ? nil : $0.path }
    guard let renaming else {
      text = try Self.text(from: old, to: new)
      return
    }
    // libgit2 knows of no rename here: the lines that say so are git's own.
    let body = try Self.text(from: old, to: new)
    let hunks = body.firstRange(of: "--- ").map { String(body[$0.lowerBound...]) } ?? ""
    text = """
      diff --git a/\(renaming) b/\(new.path)
      rename from \(renaming)
      rename to \(new.path)

      """ + hunks
  }

  private static func text(from old: Side?, to new: Side) throws(GitError) -> String {
    _ = LibGit2.start
    let action = "compare the versions of \(new.path)"
    let patch = try GitPointer(freedBy: git_patch_free, action) { pointer in
      new.bytes.withUnsafeBytes { newBytes in
        (old?.bytes ?? []).withUnsafeBytes { oldBytes in
          // No buffer at all is a file that is not there.
          let oldStart = old == nil ? nil : oldBytes.baseAddress ?? newBytes.baseAddress
          return git_patch_from_buffers(
            &pointer, oldStart, oldBytes.count, old?.path ?? new.path, newBytes.baseAddress, newBytes.count, new.path,
            nil)
        }
      }
    }
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    try check(git_patch_to_buf(&buffer, patch.raw), action)
    return buffer.ptr.map { String(cString: $0) } ?? ""
  }
}
