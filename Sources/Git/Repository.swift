internal import Basics
internal import CLibGit2
internal import Glibc
package import SystemPackage

/// A git repository, read and written through libgit2.
///
/// An actor on a thread of its own, because libgit2 waits for the disk and wants one thread at a time for each of its
/// objects (libgit2 `docs/threading.md`). Several repositories, or several of these on one repository, work side by
/// side. Nothing is ever checked out: files are read from the object database.
///
/// Every method throws `GitError`; `notFound` for an object or revision that is not there.
package actor Repository {
  /// `.git`, the bare repository, or a linked work tree's folder under `.git/worktrees`.
  package nonisolated let gitDirectory: FilePath
  /// Where references, objects and hooks are: the same as `gitDirectory` but in a linked work tree.
  package nonisolated let commonDirectory: FilePath
  /// The top of the checked-out files; nil for a bare repository.
  package nonisolated let workTree: FilePath?

  private nonisolated let executor: QueueExecutor
  let handle: GitPointer

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the repository at `path`: a bare repository, a work tree's top or its `.git`.
  /// - Throws: `notFound`, `untrusted` by `trust`, or `unsupported` for a format that libgit2 cannot read, each with
  ///   what to do about it.
  package static func open(_ path: FilePath, trust: Trust = .owner) async throws(GitError) -> Repository {
    let executor = QueueExecutor(label: "git \(path)")
    return try await Opening(executor: executor).repository(at: path, searchingUpwards: false, trust: trust)
  }

  /// Opens the repository that `folder` is in: the nearest above it on the same file system.
  /// - Throws: As `open`.
  package static func discover(
    from folder: FilePath, trust: Trust = .owner
  ) async throws(GitError) -> Repository {
    let executor = QueueExecutor(label: "git \(folder)")
    return try await Opening(executor: executor).repository(at: folder, searchingUpwards: true, trust: trust)
  }

  fileprivate init(_ handle: consuming GitPointer, on executor: QueueExecutor, trust: Trust) throws(GitError) {
    gitDirectory = FilePath(String(cString: git_repository_path(handle.raw)))
    commonDirectory = FilePath(String(cString: git_repository_commondir(handle.raw)))
    workTree = git_repository_workdir(handle.raw).map { FilePath(String(cString: $0)) }
    try trust.verify(gitDirectory: gitDirectory, commonDirectory: commonDirectory, workTree: workTree)
    self.executor = executor
    self.handle = handle
  }
}

/// The opening of a repository, on the thread that will be the repository's.
private actor Opening {
  private nonisolated let executor: QueueExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(executor: QueueExecutor) {
    self.executor = executor
  }

  func repository(at path: FilePath, searchingUpwards: Bool, trust: Trust) throws(GitError) -> Repository {
    let place = searchingUpwards ? "at \(path) or above it" : "at \(path)"
    let folder = try canonical(path, place: place)
    // libgit2 reads all certificates when it starts, for longer than most commands take elsewhere.
    guard !searchingUpwards || Self.mayBeInRepository(folder) else {
      throw GitError(.notFound, "there is no git repository \(place)")
    }
    LibGit2.start
    let gitDirectory = try gitDirectory(at: folder, place: place, searchingUpwards: searchingUpwards)
    return try Repository(Self.openHandle(gitDirectory), on: executor, trust: trust)
  }

  /// Whether the folder or one above it has a `.git`, or the `HEAD` that a bare repository has.
  private static func mayBeInRepository(_ folder: FilePath) -> Bool {
    var folder = folder
    repeat {
      for name in [".git", "HEAD"] where access(folder.appending(name).string, F_OK) == 0 { return true }
    } while folder.removeLastComponent()
    return false
  }

  private func gitDirectory(at folder: FilePath, place: String, searchingUpwards: Bool) throws(GitError) -> FilePath {
    var found = git_buf()
    defer { git_buf_dispose(&found) }
    let ceiling = searchingUpwards ? nil : folder.removingLastComponent().string
    guard try checkFound(git_repository_discover(&found, folder.string, 0, ceiling), "look for a repository \(place)")
    else {
      throw GitError(.notFound, "there is no git repository \(place)")
    }
    return FilePath(String(cString: found.ptr))
  }

  /// The path without links, from the root: where the search is to stop must be given so.
  private func canonical(_ path: FilePath, place: String) throws(GitError) -> FilePath {
    guard let resolved = realpath(path.string, nil) else {
      let reason = Errno(rawValue: errno)
      if reason == .noSuchFileOrDirectory { throw GitError(.notFound, "there is no git repository \(place)") }
      throw GitError(.other, "cannot look for a git repository \(place): \(reason)")
    }
    defer { free(resolved) }
    // libgit2 takes a folder that it may not read for one that is no repository.
    guard access(resolved, R_OK | X_OK) == 0 else {
      throw GitError(.other, "cannot read \(path): \(Errno(rawValue: errno)): run as its owner, or allow it to be read")
    }
    return FilePath(String(cString: resolved))
  }

  private static func openHandle(_ gitDirectory: FilePath) throws(GitError) -> GitPointer {
    do throws(GitError) {
      return try GitPointer(freedBy: git_repository_free, "open \(gitDirectory)") {
        // Not `git_repository_open_bare`: it skips the format checks, and a SHA-256 repository opens as rubbish.
        git_repository_open_ext(&$0, gitDirectory.string, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
      }
    } catch {
      throw try UnsupportedFormat.explain(gitDirectory) ?? error
    }
  }
}
