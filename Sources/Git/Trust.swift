internal import CLibGit2
internal import Glibc
internal import SystemPackage

/// Whose repositories are opened.
///
/// A repository's configuration can make git run programs, so git opens only those of the user who runs it. Penstock
/// runs none of them, but what a stranger's repository says must not be deployed either.
package enum Trust: Hashable, Sendable {
  /// This process's user (and, under sudo, the user who called it), or a path that the user's `safe.directory`
  /// configuration names: git's own rule.
  case owner
  /// This process's user or one of these user numbers: a daemon's list.
  case users(Set<UInt32>)
  /// Whoever it belongs to, for a path that the administrator's own configuration names.
  case anyone
}

extension Trust {
  /// Throws unless everything that makes up a repository belongs to a trusted user.
  func verify(gitDirectory: FilePath, commonDirectory: FilePath, workTree: FilePath?) throws(GitError) {
    guard self != .anyone else { return }
    for path in [gitDirectory, commonDirectory] + (workTree.map { [$0] } ?? []) {
      let owner = try Self.owner(of: path)
      guard !trustedUsers.contains(owner) else { continue }
      // git looks for the work tree, or for a bare repository itself, in its list.
      let top = workTree ?? gitDirectory
      if self == .owner, try SafeDirectories.read().contain(top) { return }
      throw GitError(
        .untrusted,
        "\(path) belongs to \(Self.name(ofUser: owner)), and this is \(Self.name(ofUser: geteuid())): \(advice(top))")
    }
  }

  private var trustedUsers: Set<UInt32> {
    switch self {
    case .owner:
      // As git does: root may act for the person who called sudo, and for nobody else.
      guard geteuid() == 0, let caller = getenv("SUDO_UID").flatMap({ UInt32(String(cString: $0)) }) else {
        return [geteuid()]
      }
      return [0, caller]
    case .users(let users): return users.union([geteuid()])
    case .anyone: return []
    }
  }

  private func advice(_ path: FilePath) -> String {
    switch self {
    case .owner: "run as that user, or trust it with `git config --global --add safe.directory \(path)`"
    case .users, .anyone: "run as that user, or add that user to those whose repositories are trusted"
    }
  }

  private static func owner(of path: FilePath) throws(GitError) -> UInt32 {
    do throws(Errno) {
      return try FileStatus(path).owner
    } catch {
      throw GitError(.notFound, "cannot read \(path): \(error)")
    }
  }

  private static func name(ofUser number: UInt32) -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
      guard getpwuid_r(number, &entry, buffer.baseAddress!, buffer.count, &found) == 0, found != nil else {
        return "user \(number)"
      }
      return "user \(String(cString: entry.pw_name))"
    }
  }
}

/// The paths that the user's own configuration calls safe; a repository's configuration has no say in it.
private struct SafeDirectories {
  private var patterns: [String] = []

  static func read() throws(GitError) -> SafeDirectories {
    let configuration = try GitPointer(freedBy: git_config_free, "read the user's git configuration") {
      git_config_open_default(&$0)
    }
    var directories = SafeDirectories()
    for value in try configurationValues(of: "safe.directory", in: configuration.raw) {
      // An empty value takes back those before it.
      if value.isEmpty { directories.patterns = [] } else { directories.patterns.append(value) }
    }
    return directories
  }

  func contain(_ path: FilePath) -> Bool {
    patterns.contains { pattern in
      if pattern == "*" { return true }
      if pattern.hasSuffix("/*") { return path.string.hasPrefix(pattern.dropLast()) }
      return FilePath(pattern) == path
    }
  }
}
