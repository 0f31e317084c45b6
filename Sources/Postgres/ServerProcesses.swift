internal import Glibc
internal import SystemPackage

/// The processes of a PostgreSQL server, found by the folder that they work in.
///
/// A server's processes all stay in its data folder, so /proc tells, where postmaster.pid may name a process of
/// another program that got the number since.
struct ServerProcesses {
  /// In a folder without symbolic links.
  let data: FilePath

  /// The identifiers of all that run, the server's backends too, and those whose folder was removed under them.
  var running: [pid_t] {
    let folders = [data.resolved, FilePath("\(data) (deleted)")]
    return FilePath("/proc").entries.compactMap { pid_t($0) }.filter { process in
      let entry = FilePath("/proc/\(process)")
      guard let folder = entry.appending("cwd").linkTarget else { return false }
      return folders.contains(folder) && Self.isServer(entry)
    }
  }

  /// The server's first process, when it runs.
  var postmaster: pid_t? {
    guard let process = PostmasterFile(data: data)?.processID, running.contains(process) else { return nil }
    return process
  }

  /// Whether a process runs, whatever it is: one that is about to become a server is still the shell that starts it.
  static func isRunning(_ process: pid_t) -> Bool {
    FilePath("/proc/\(process)/exe").linkTarget != nil
  }

  /// Whether a process has the network that we have; true also when the kernel does not say.
  static func sharesOurNetwork(_ process: pid_t) -> Bool {
    guard let other = FilePath("/proc/\(process)/ns/net").linkTarget else { return true }
    return other == FilePath("/proc/self/ns/net").linkTarget
  }

  /// Asks the server to stop, with more and more emphasis; blocks until no process of it is left.
  ///
  /// - Parameter patience: For a fast shutdown, which writes everything down, before an immediate one.
  func stop(patience: Duration) throws(PostgresError) {
    if let postmaster {
      kill(postmaster, SIGINT)
      if areGone(within: patience) { return }
      kill(postmaster, SIGQUIT)
      if areGone(within: .seconds(5)) { return }
    }
    guard areGone(within: .seconds(10), urging: SIGKILL) else {
      throw PostgresError(
        .serverStart, "The server's processes \(running) in \(data) do not end, not even by SIGKILL. End them first.")
    }
  }

  /// - Parameter signal: Sent to all of them again and again, for those that come into being meanwhile.
  private func areGone(within limit: Duration, urging signal: CInt? = nil) -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
      let running = running
      if running.isEmpty { return true }
      guard .now < deadline else { return false }
      if let signal {
        for process in running { kill(process, signal) }
      }
      usleep(10_000)
    }
  }

  /// The executable's link is gone for a zombie, and has another name when the package was upgraded since.
  private static func isServer(_ entry: FilePath) -> Bool {
    let name = entry.appending("exe").linkTarget?.lastComponent?.string
    return name == "postgres" || name == "postgres (deleted)"
  }
}

/// What a running server writes into `postmaster.pid`.
///
/// Related PostgreSQL documentation: src/include/utils/pidfile.h
struct PostmasterFile {
  let processID: pid_t
  let port: String
  let socketDirectory: FilePath

  static func path(in data: FilePath) -> FilePath { data.appending("postmaster.pid") }

  /// Nil when there is no such file, or the server did not come to writing it all.
  init?(data: FilePath) {
    let lines = Self.path(in: data).text?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    guard lines.count >= 5, let processID = pid_t(lines[0]) else { return nil }
    self.processID = processID
    port = String(lines[3])
    socketDirectory = FilePath(String(lines[4]))
  }
}
