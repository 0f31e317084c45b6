internal import Subprocess
internal import SystemPackage

/// A program of a PostgreSQL installation, or a shell, that is run to its end.
struct Tool {
  let path: FilePath
  /// Nil to run it as ourselves.
  var account: ServerAccount?
  /// What its environment has besides.
  var variables: [String: String] = [:]
  /// What it reads; closed once it runs.
  var input: FileDescriptor?
  /// Whether it gets a network namespace of its own, in which there is nobody to talk to: no address, not even a
  /// loopback. Sockets in the file system are reached as before.
  var isIsolated = false

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
    let variables = ["PATH": "/usr/bin:/bin", "LANG": "C", "TZ": "UTC"].merging(variables) { $1 }
    let environment = Environment.custom(
      Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(rawValue: $0.key)!, $0.value) }))
    do {
      if let input {
        let result = try await Subprocess.run(
          .path(command.program), arguments: Arguments(command.arguments), environment: environment,
          workingDirectory: "/", platformOptions: options,
          input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .string(limit: Self.outputLimit),
          error: .combinedWithOutput)
        return try outcome(result.terminationStatus, result.standardOutput)
      }
      let result = try await Subprocess.run(
        .path(command.program), arguments: Arguments(command.arguments), environment: environment,
        workingDirectory: "/", platformOptions: options, output: .string(limit: Self.outputLimit),
        error: .combinedWithOutput)
      return try outcome(result.terminationStatus, result.standardOutput)
    } catch {
      if Task.isCancelled { throw PostgresError(.cancelled, "Running \(path) was cancelled.") }
      throw PostgresError(.serverStart, "Cannot run \(command.program): \(error).")
    }
  }

  /// - Throws: `CancellationError` for a program that may have ended because Subprocess kills that of a cancelled task,
  ///   which it does not tell apart from one that fell ill.
  private func outcome(_ status: TerminationStatus, _ output: String) throws -> Outcome {
    if !status.isSuccess { try Task.checkCancellation() }
    return Outcome(succeeded: status.isSuccess, output: output)
  }

  /// Bytes.
  private static let outputLimit = 1 << 20

  /// The program itself, or what becomes it after a change: setpriv of the account, unshare of the network (both of
  /// util-linux; neither forks, so the process is the program's). Who is not root may do the latter as the owner of a
  /// user namespace, where the kernel lets everybody have one.
  ///
  /// Subprocess could change the user, too, but between fork and exec: there, in a process with other threads,
  /// `setuid` may wait forever for a lock of the C library that one of those threads held.
  private func command(_ arguments: [String]) -> (program: FilePath, arguments: [String]) {
    var words = [path.string] + arguments
    let isOther = account?.isCurrent == false
    if let account, isOther {
      words =
        ["/usr/bin/setpriv", "--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--"] + words
    }
    if isIsolated {
      words = ["/usr/bin/unshare"] + (isOther ? [] : ["--user", "--map-current-user"]) + ["--net", "--"] + words
    }
    return (FilePath(words[0]), Array(words.dropFirst()))
  }
}
