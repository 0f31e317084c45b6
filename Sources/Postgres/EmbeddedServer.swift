internal import Basics
internal import Glibc
package import SystemPackage

/// A PostgreSQL server of our own, reached by a Unix socket only.
///
/// Starting adopts or replaces what an earlier process left in the folder, and creates what is missing. Two processes
/// that start a server in the same folder do not meet: a lock decides who comes first.
package actor EmbeddedServer {
  /// When the server ends.
  package enum Lifetime: String, Sendable {
    /// With this process, however that ends, or with `stop()`.
    case process
    /// With `stop()` only; whoever starts it again in the meantime gets the one that runs.
    case detached
  }

  package struct Configuration: Sendable {
    /// Created if need be, together with its parents. As root, it belongs to the user that the server runs as.
    package var directory: FilePath
    package var binaries: ServerBinaries
    package var superuser: String
    /// Whether the data matters: if not, the server is told to be careless and fast, and data that cannot be used is
    /// made anew without asking.
    package var durable: Bool
    package var lifetime: Lifetime
    /// Whether what runs in the server is kept from the network, this machine's too, where the kernel allows that: see
    /// `exposure`. We reach the server all the same, because its socket is in the file system.
    package var isIsolated: Bool
    /// How much memory of its own each of the server's processes may have, in bytes; nil for what the machine gives. A
    /// statement that needs more fails with `SQLState.outOfMemory`, and the server goes on.
    package var memoryLimit: Int?
    /// In addition to, or in place of, the embedded server's own settings.
    package var settings: [String: String]

    package init(
      directory: FilePath, binaries: ServerBinaries, superuser: String = "supabase_admin", durable: Bool = false,
      lifetime: Lifetime = .process, isIsolated: Bool = false, memoryLimit: Int? = nil,
      settings: [String: String] = [:]
    ) {
      self.directory = directory
      self.binaries = binaries
      self.superuser = superuser
      self.durable = durable
      self.lifetime = lifetime
      self.isIsolated = isIsolated
      self.memoryLimit = memoryLimit
      self.settings = settings
    }
  }

  package nonisolated let configuration: Configuration
  private nonisolated let directory: ServerDirectory
  private nonisolated let socketDirectory: FilePath
  private nonisolated let settings: [String: String]
  private nonisolated let executor = QueueExecutor(label: "penstock.embedded-server")
  /// Both only while a server with our lifetime runs.
  private var lock: ServerLock?
  private var lifeline: Lifeline?
  /// While a server that died is being started again. Cancelled by `stop`, and by nobody who waits for it.
  private var revival: Task<Result<Bool, PostgresError>, Never>?
  /// The server's first process; nil when it is stopped.
  package private(set) var processID: Int32?
  /// Why the server that runs can reach the network although it should not; nil when it cannot, or may.
  package private(set) var exposure: String?

  /// On a thread of its own, because files are removed and processes waited for.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(_ configuration: Configuration) throws(PostgresError) {
    self.configuration = configuration
    directory = try ServerDirectory(configuration.directory, account: .forServer())
    var settings = ServerSettings.settings(major: configuration.binaries.major, durable: configuration.durable)
      .merging(configuration.settings) { $1 }
    socketDirectory = try directory.socketDirectory(port: settings["port"] ?? Self.usualPort)
    settings["unix_socket_directories"] = socketDirectory.string
    self.settings = settings
  }

  private static let usualPort = "5432"
  private nonisolated var port: String { settings["port"] ?? Self.usualPort }

  /// Starts the server, or adopts the detached one that runs in the folder, and waits until it accepts connections.
  ///
  /// - Throws: `.serverStart`, with the last lines of the server's log when it is the server that failed; `.cancelled`.
  package static func start(_ configuration: Configuration) async throws(PostgresError) -> EmbeddedServer {
    let server = try EmbeddedServer(configuration)
    try await server.start()
    return server
  }

  /// How to reach a database, whether it exists or not; nobody is asked for a password.
  package nonisolated func connectionString(database: String, user: String) -> ConnectionString {
    ConnectionString(options: [
      "host": socketDirectory.string, "port": port, "dbname": database, "user": user,
    ])
  }

  /// What the running server writes to its standard error.
  package nonisolated var log: FilePath { directory.log }

  /// Starts the server again when it has died: killed by the kernel for want of memory, by hand, or because its folder
  /// was cleared away. What was committed is there again, but for the last moment's of a server that is not durable;
  /// where that one's data is gone or cannot be used, it is made anew as by `start`.
  ///
  /// - Returns: Whether it had died. False also for one that was stopped.
  /// - Throws: `.serverStart`, and the next call tries again; `.cancelled` when the caller is cancelled, while the server
  ///   is started all the same, or when it is stopped meanwhile.
  @discardableResult
  package func revive() async throws(PostgresError) -> Bool {
    let task: Task<Result<Bool, PostgresError>, Never>
    if let revival {
      task = revival
    } else {
      guard processID != nil, processes.postmaster == nil else { return false }
      task = Task { await startAgain() }
      revival = task
    }
    guard let outcome = await task.valueUnlessCancelled else {
      throw PostgresError(.cancelled, "Waiting for the server in \(directory.path) was cancelled.")
    }
    return try outcome.get()
  }

  private func startAgain() async -> Result<Bool, PostgresError> {
    defer { revival = nil }
    do throws(PostgresError) {
      if configuration.durable, !directory.data.exists {
        throw PostgresError(
          .serverStart,
          """
          The data of the embedded server, \(directory.data), has been removed while it was in use. It may matter, so it \
          is not made anew: put it back, or restart the daemon to begin with an empty database.
          """)
      }
      // Whoever cleared the folder away took these along.
      _ = try ServerDirectory(directory.path, account: directory.account).socketDirectory(port: port)
      if lock != nil, directory.lock.exists {
        try processes.stop(patience: .zero)
        try await bringUp()
      } else {
        lock = nil
        try await start()
      }
      return .success(true)
    } catch {
      return .failure(error)
    }
  }

  /// Stops the server, also a detached one; sessions are ended. Stopping twice does no harm.
  package func stop() async throws(PostgresError) {
    while let revival {
      revival.cancel()
      _ = await revival.value
    }
    guard processID != nil else { return }
    if lock == nil { lock = try ServerLock(path: directory.lock) }
    try processes.stop(patience: .seconds(10))
    processID = nil
    lifeline = nil
    lock?.note(nil)
    lock = nil
  }
}

extension EmbeddedServer {
  /// The major version of the server whose data is in a folder; nil when there is none.
  package static func major(ofDataIn directory: FilePath) -> Int? {
    ServerDirectory.version(ofData: directory.appending("data")).flatMap { Int($0) }
  }

  /// Stops the detached server that runs in a folder, whatever state it is in.
  ///
  /// - Returns: Whether one ran.
  /// - Throws: `.serverStart` when it does not end, or when the folder's server is not detached and its owner lives.
  @concurrent
  package static func stopDetached(in path: FilePath) async throws(PostgresError) -> Bool {
    guard path.exists else { return false }
    let directory = try ServerDirectory(path, account: .forServer())
    let lock = try ServerLock(path: directory.lock)
    let processes = ServerProcesses(data: directory.data)
    guard !processes.running.isEmpty else { return false }
    try processes.stop(patience: .seconds(10))
    lock.note(nil)
    return true
  }

  /// Removes a server's folder and all that is in it, unless somebody uses it: a server runs there, or its owner lives.
  ///
  /// - Throws: `.serverStart` when it cannot be removed.
  @concurrent
  package static func removeUnused(_ path: FilePath) async throws(PostgresError) {
    guard path.exists else { return }
    let directory = try ServerDirectory(path, account: .forServer())
    guard let lock = ServerLock(ifFree: directory.lock), ServerProcesses(data: directory.data).running.isEmpty else {
      return
    }
    try directory.remove()
    lock.note(nil)
  }
}

// MARK: - Starting

extension EmbeddedServer {
  private var processes: ServerProcesses { ServerProcesses(data: directory.data) }

  private func start() async throws(PostgresError) {
    let lock = try ServerLock(path: directory.lock)
    if lock.previous == .detached, let postmaster = processes.postmaster {
      guard configuration.lifetime == .detached else {
        throw PostgresError(
          .serverStart,
          "A detached server, process \(postmaster), runs in \(directory.path). Stop that one first, or use another folder."
        )
      }
      if isCurrent(postmaster), await accepts(within: .seconds(5)) {
        processID = postmaster
        if configuration.isIsolated, ServerProcesses.sharesOurNetwork(postmaster) {
          exposure = "process \(postmaster) was started so, and runs until it is stopped"
        }
        return
      }
    }
    try processes.stop(patience: configuration.durable ? .seconds(30) : .seconds(2))
    lock.note(configuration.lifetime)
    try await bringUp()
    if configuration.lifetime == .process { self.lock = consume lock }
  }

  /// Whether a server is that of the installation that would be started now: one from before an upgrade has the
  /// extensions of that time. Where the data matters, somebody may be connected, and it goes on.
  private func isCurrent(_ postmaster: pid_t) -> Bool {
    guard !configuration.durable, let executable = FilePath("/proc/\(postmaster)/exe").linkTarget else { return true }
    return !executable.string.hasSuffix(" (deleted)")
      && directory.wasStarted(from: configuration.binaries.postgres) != false
  }

  /// Launches the server over the data that is there, or over new data.
  private func bringUp() async throws(PostgresError) {
    let isNew = try await prepareData()
    do {
      try await launch()
    } catch {
      guard error.code == .serverStart, !configuration.durable, !isNew else { throw error }
      try directory.removeData()
      try await prepareData()
      try await launch()
    }
  }

  /// Sees to it that there is a data folder of the right version; returns whether it was created just now.
  @discardableResult
  private func prepareData() async throws(PostgresError) -> Bool {
    switch directory.condition(major: configuration.binaries.major, durable: configuration.durable) {
    case .ready:
      return false
    case .missing:
      break
    case .unusable(let reason):
      guard !configuration.durable else {
        throw PostgresError(
          .serverStart,
          """
          The data in \(directory.data) cannot be used: \(reason). It may matter, so it is left alone: move it away, \
          or use another folder.
          """)
      }
      try directory.removeData()
    }
    try await directory.initialize(configuration.binaries, superuser: configuration.superuser)
    return true
  }

  private func launch() async throws(PostgresError) {
    directory.claim(socketDirectory: socketDirectory, port: port, program: configuration.binaries.postgres)
    var launch = ServerLaunch(
      binaries: configuration.binaries, directory: directory, settings: settings,
      memoryLimit: configuration.memoryLimit)
    exposure = configuration.isIsolated ? try await launch.obstacleToIsolation() : nil
    launch.isIsolated = configuration.isIsolated && exposure == nil
    do {
      let process: pid_t
      switch configuration.lifetime {
      case .process:
        let line = try Lifeline()
        let guardianEnd = line.guardianEnd
        lifeline = consume line
        process = try await launch.start(lifeline: guardianEnd)
      case .detached:
        process = try await launch.start(lifeline: nil)
      }
      try await awaitStart(of: process)
      processID = process
    } catch {
      try processes.stop(patience: .zero)
      lifeline = nil
      throw error
    }
  }

  private func awaitStart(of process: pid_t) async throws(PostgresError) {
    // Long, because a server that was killed has its log to replay.
    let deadline = ContinuousClock.now + .seconds(120)
    while true {
      let complaint: PostgresError
      do {
        return try await connect()
      } catch {
        complaint = error
      }
      if complaint.code == .cancelled { throw complaint }
      if Task.isCancelled {
        throw PostgresError(.cancelled, "The start of the server in \(directory.path) was cancelled.")
      }
      let mayStillStart = complaint.sqlState == nil || complaint.sqlState == .cannotConnectNow
      guard mayStillStart, ServerProcesses.isRunning(process), .now < deadline else {
        throw PostgresError(
          .serverStart,
          """
          The embedded server in \(directory.path) did not start. \(complaint.message)
          The end of its log, \(directory.log):
          \(directory.logTail)
          """)
      }
      usleep(10_000)
    }
  }

  private func accepts(within limit: Duration) async -> Bool {
    let deadline = ContinuousClock.now + limit
    repeat {
      do {
        try await connect()
        return true
      } catch {
        usleep(10_000)
      }
    } while .now < deadline && !Task.isCancelled
    return false
  }

  private func connect() async throws(PostgresError) {
    let target = connectionString(database: "postgres", user: configuration.superuser)
    let connection = try await Connection.open(target, applicationName: "penstock start", timeout: .seconds(5))
    await connection.close()
  }
}
