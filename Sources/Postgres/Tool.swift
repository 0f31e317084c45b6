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

  /// Runs the program in `/` with a small environment of its own, in its own session, so that an interrupt typed at
  /// our terminal does not reach it.
  ///
  /// - Throws: `.serverStart` when the program cannot be run, `.cancelled`.
  func run(_ arguments: [String]) async throws(PostgresError) -> Outcome {
    var options = PlatformOptions()
    options.createSession = true
    if let account, !account.isCurrent {
      options.userID = account.userID
      options.groupID = account.groupID
      options.supplementaryGroups = []
    }
    let environment = Environment.custom(["PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"])
    do {
      if let input {
        let result = try await Subprocess.run(
          .path(path), arguments: Arguments(arguments), environment: environment, workingDirectory: "/",
          platformOptions: options, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
          output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
      }
      let result = try await Subprocess.run(
        .path(path), arguments: Arguments(arguments), environment: environment, workingDirectory: "/",
        platformOptions: options, output: .string(limit: 1 << 20), error: .combinedWithOutput)
      return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    } catch {
      if Task.isCancelled { throw PostgresError(.cancelled, "Running \(path) was cancelled.") }
      throw PostgresError(.serverStart, "Cannot run \(path): \(error).")
    }
  }
}
