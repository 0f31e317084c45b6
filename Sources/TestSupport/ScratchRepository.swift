internal import FoundationEssentials
package import Git
internal import Glibc
internal import Subprocess
package import SystemPackage

/// A bare repository and a clone of it in a folder of their own, worked on with the real `git`.
///
/// Nothing of the machine's or the user's git configuration counts, author and time are always the same, and everything
/// is gone when `with` returns.
package struct ScratchRepository: Sendable {
  /// The folder of everything here; a place for a test's other files too.
  package let directory: FilePath
  /// What is pushed to: the remote `origin` of the clone.
  package var bare: FilePath { directory.appending("origin.git") }
  /// A work tree, at first on the branch `main` without a commit.
  package var clone: FilePath { directory.appending("clone") }

  /// What a run of `git` left behind.
  package struct Outcome: Sendable {
    package let standardOutput: String
    /// With the lines of the server's hooks, each after `remote: `.
    package let standardError: String
    /// 128 and more when a signal ended it.
    package let exitCode: Int32

    package var isSuccess: Bool { exitCode == 0 }
  }

  /// A `git` that was to succeed and did not.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Runs `body` with a fresh bare repository and clone.
  package static func with<Value>(_ body: (ScratchRepository) async throws -> Value) async throws -> Value {
    let scratch = ScratchRepository(directory: try makeDirectory())
    do {
      try await scratch.git("init", "--quiet", "--bare", "--initial-branch=main", "origin.git", in: scratch.directory)
      try await scratch.git("config", "receive.advertisePushOptions", "true", in: scratch.bare)
      try await scratch.git("clone", "--quiet", "origin.git", "clone", in: scratch.directory)
      let value = try await body(scratch)
      try scratch.remove()
      return value
    } catch {
      try scratch.remove()
      throw error
    }
  }

  // MARK: The clone

  /// Commits on the clone's present branch.
  /// - Parameter files: Content by path; nil removes the file.
  @discardableResult
  package func commit(_ message: String, files: [String: String?]) async throws -> ObjectID {
    try await stage(files)
    try await git("commit", "--quiet", "--allow-empty", "--message", message)
    return try await id(of: "HEAD")
  }

  /// Changes files in the clone and in its index, without a commit.
  /// - Parameter files: Content by path; nil removes the file.
  package func stage(_ files: [String: String?]) async throws {
    for (path, content) in files {
      if let content {
        try write(content, to: clone.appending(path))
        try await git("add", "--", path)
      } else {
        try await git("rm", "--quiet", "--", path)
      }
    }
  }

  /// Pushes to the bare repository, whatever comes of it.
  /// - Parameters:
  ///   - refspec: As `main:staging`; `:staging` deletes.
  ///   - options: Push options, as `penstock.skip-wait`.
  ///   - environment: What git, and through it a hook, has besides.
  @discardableResult
  package func push(
    _ refspec: String, force: Bool = false, options: [String] = [], environment: [String: String] = [:]
  ) async throws -> Outcome {
    let flags = (force ? ["--force"] : []) + options.map { "--push-option=\($0)" }
    return try await run(["push"] + flags + ["origin", refspec], in: clone, environment: environment)
  }

  /// Deletes a branch of the bare repository, whatever comes of it.
  @discardableResult
  package func deleteBranch(_ branch: String) async throws -> Outcome {
    try await push(":refs/heads/\(branch)")
  }

  /// The object that a revision stands for.
  /// - Parameter folder: The clone, when nil.
  package func id(of revision: String, in folder: FilePath? = nil) async throws -> ObjectID {
    let hex = try await git("rev-parse", "--verify", revision, in: folder)
    guard let id = ObjectID(hex: hex) else { throw Failure(description: "git rev-parse \(revision) wrote \(hex)") }
    return id
  }

  // MARK: git

  /// Runs git, which must succeed.
  /// - Parameter folder: The clone, when nil.
  /// - Returns: Its standard output without the last line's end.
  @discardableResult
  package func git(_ arguments: String..., in folder: FilePath? = nil) async throws -> String {
    let outcome = try await run(arguments, in: folder ?? clone)
    guard outcome.isSuccess else {
      throw Failure(
        description: "git \(arguments.joined(separator: " ")) ended with \(outcome.exitCode):\n\(outcome.standardError)"
      )
    }
    return outcome.standardOutput.hasSuffix("\n")
      ? String(outcome.standardOutput.dropLast()) : outcome.standardOutput
  }

  /// Runs git, whatever comes of it.
  /// - Parameter input: Its standard input.
  package func run(
    _ arguments: [String], in folder: FilePath, environment: [String: String] = [:], input: String = ""
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .name("git"), arguments: Arguments(arguments), environment: self.environment(adding: environment),
      workingDirectory: folder, input: .string(input), output: .string(limit: 16 << 20), error: .string(limit: 16 << 20)
    )
    let exitCode: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Outcome(
      standardOutput: result.standardOutput, standardError: result.standardError, exitCode: exitCode)
  }

  /// An environment of its own, and not the tests' own one with changes: they may run in a hook, where `GIT_DIR` is set.
  private func environment(adding additions: [String: String]) -> Subprocess.Environment {
    var variables: [Subprocess.Environment.Key: String] = [
      "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin",
      "HOME": directory.string,
      "LC_ALL": "C.UTF-8",
      "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_TERMINAL_PROMPT": "0",
      "GIT_AUTHOR_NAME": "Ada Lovelace",
      "GIT_AUTHOR_EMAIL": "ada@example.com",
      "GIT_AUTHOR_DATE": "1762603200 +0100",
      "GIT_COMMITTER_NAME": "Ada Lovelace",
      "GIT_COMMITTER_EMAIL": "ada@example.com",
      "GIT_COMMITTER_DATE": "1762603200 +0100",
    ]
    for (name, value) in additions {
      if let key = Subprocess.Environment.Key(rawValue: name) { variables[key] = value }
    }
    return .custom(variables)
  }

  // MARK: Files

  private static func makeDirectory() throws -> FilePath {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/penstock-git-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw Failure(description: "cannot make a folder in \(parent): \(Errno(rawValue: errno))")
    }
    return FilePath(String(cString: made))
  }

  /// Writes a file with the folders above it.
  package func write(_ content: String, to path: FilePath) throws {
    var folder = path
    folder.removeLastComponent()
    var made = FilePath(root: folder.root)
    for component in folder.components {
      made.append(component)
      guard mkdir(made.string, 0o755) == 0 || errno == EEXIST else {
        throw Failure(description: "cannot make \(made): \(Errno(rawValue: errno))")
      }
    }
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter { _ = try file.writeAll(content.utf8) }
  }

  /// Not with `rm`: a cancelled test, one that ran into its time limit, starts no process any more.
  private func remove() throws {
    try FileManager.default.removeItem(atPath: directory.string)
  }
}
