internal import Subprocess
internal import SystemPackage

/// A program of a PostgreSQL installation, or a shell, that is run to its end.
struct Tool {
  let path: FilePath
  /// Nil to run it as ourselves.
  var account: ServerAccount?
  /// What it reads; closed once it runs.
  var input: FileDescriptor?

  struct Outcome {
    let succeeded: Bool
    /// What it wrote to both outputs.
    let output: String
  }

  /// Runs the program in `/` with a small environment of its own, and in its own session, so that an interrupt typed
  /// at our terminal does not reach it.
  ///
  /// - Throws: `.serverStart` when the program cannot be run, `.cancelled`.
  func run(_ arguments: [String]) async throws(PostgresError) -> Outcome {
    var options = PlatformOptions()
    options.createSession = true
    let command = command(arguments)
    let environment = Environment.custom(["PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"])
    do {
      if let input {
        let result = try await Subprocess.run(
          .path(command.program), arguments: Arguments(command.arguments), environment: environment,
          workingDirectory: "/", platformOptions: options,
          input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .string(limit: Self.outputLimit),
          error: .combinedWithOutput)
        return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
      }
      let result = try await Subprocess.run(
        .path(command.program), arguments: Arguments(command.arguments), environment: environment,
        workingDirectory: "/", platformOptions: options, output: .string(limit: Self.outputLimit),
        error: .combinedWithOutput)
      return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    } catch {
      if Task.isCancelled { throw PostgresError(.cancelled, "Running \(path) was cancelled.") }
      throw PostgresError(.serverStart, "Cannot run \(command.program): \(error).")
    }
  }

  /// Bytes.
  private static let outputLimit = 1 << 20

  /// The program itself, or setpriv (of util-linux), which becomes the account and then the program.
  ///
  /// Subprocess could change the user, too, but between fork and exec: there, in a process with other threads,
  /// `setuid` may wait forever for a lock of the C library that one of those threads held.
  private func command(_ arguments: [String]) -> (program: FilePath, arguments: [String]) {
    guard let account, !account.isCurrent else { return (path, arguments) }
    let change = ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--"]
    return ("/usr/bin/setpriv", change + [path.string] + arguments)
  }
}
