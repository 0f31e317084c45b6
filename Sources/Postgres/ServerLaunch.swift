internal import Glibc
internal import SystemPackage

/// Starts the server's process and, if it shall not outlive us, a guardian beside it.
///
/// The guardian is a shell that reads a line whose other end only we hold. However we end, by SIGKILL too, the kernel
/// closes that end, the guardian's read returns, and it stops the server. (`PR_SET_PDEATHSIG` will not do: it fires when
/// the *thread* that forked ends.)
struct ServerLaunch {
  let binaries: ServerBinaries
  let directory: ServerDirectory
  let settings: [String: String]
  /// Of each process's own memory, in bytes; nil for none. (RLIMIT_DATA: what is only reserved does not count, and nor
  /// does what is shared.)
  let memoryLimit: Int?
  /// Whether the server, and the guardian with it, get a network namespace of their own. The statistics collector that
  /// PostgreSQL had until 14 does without one of its sockets: it counts nothing then.
  var isIsolated = false

  /// Why the kernel does not let the server have a network namespace of its own; nil when it does.
  ///
  /// - Throws: `.cancelled`.
  func obstacleToIsolation() async throws(PostgresError) -> String? {
    do throws(PostgresError) {
      let outcome = try await Tool(path: "/bin/true", account: directory.account, isIsolated: true).run([])
      return outcome.succeeded ? nil : outcome.output.singleLine
    } catch  where error.code == .serverStart {
      return error.message
    }
  }

  /// The server's process.
  ///
  /// - Parameter lifeline: What the guardian reads; nil for no guardian.
  /// - Throws: `.serverStart`, `.cancelled`.
  func start(lifeline: FileDescriptor?) async throws(PostgresError) -> pid_t {
    var arguments = [binaries.postgres.string, "-D", directory.data.string]
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      arguments += ["-c", "\(name)=\(value)"]
    }
    // Where the machine's own limit is lower, that one stays.
    let limit = memoryLimit.map { "ulimit -d \($0 / 1024) 2>/dev/null || true\n" } ?? ""
    let script = limit + (lifeline == nil ? Self.detached : Self.guarded)
    let shell = Tool(path: "/bin/sh", account: directory.account, input: lifeline, isIsolated: isIsolated)
    let outcome = try await shell.run(["-c", script, "penstock", directory.log.string] + arguments)
    guard let process = pid_t(outcome.output.trimmingNewlines) else {
      throw PostgresError(
        .serverStart, "The shell that starts the embedded server said: \(outcome.output.singleLine).")
    }
    return process
  }

  private static let detached = """
    log=$1; shift
    "$@" </dev/null >"$log" 2>&1 &
    echo $!
    """

  /// The pipe inside keeps the shell until it has the server's number; the rest of it stays behind as the guardian,
  /// for as long as the server runs.
  private static let guarded = """
    exec 3<&0 </dev/null
    log=$1; shift
    {
      (
        "$@" 3<&- >"$log" 2>&1 &
        server=$!
        echo $server
        exec >/dev/null
        (
          read -r _ <&3
          kill -INT $server
          sleep 5 & trap "kill $!; exit" TERM
          wait
          kill -QUIT $server
        ) &
        reader=$!
        exec 3<&-
        wait $server
        kill $reader
      ) 2>/dev/null &
    } | { read -r server; echo $server; }
    """
}

/// Our end of what a guardian reads: the server lives as long as it is open.
struct Lifeline: ~Copyable {
  private let descriptor: CInt
  /// The other end, which is the caller's to close, or to give away.
  let guardianEnd: FileDescriptor

  init() throws(PostgresError) {
    var ends: [CInt] = [-1, -1]
    // Not pipe(2), between which and fcntl(2) another thread's child might get hold of our end.
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw PostgresError(.serverStart, "No socket pair could be made: \(String(cString: strerror(errno))).")
    }
    descriptor = ends[1]
    guardianEnd = FileDescriptor(rawValue: ends[0])
  }

  deinit {
    close(descriptor)
  }
}
