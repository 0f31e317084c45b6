internal import Basics
internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The folder of an embedded server and what is in it.
struct ServerDirectory {
  /// Without symbolic links.
  let path: FilePath
  let account: ServerAccount

  /// PostgreSQL's own folder.
  var data: FilePath { path.appending("data") }
  /// What the running server writes to its standard error; begun anew with every start.
  var log: FilePath { path.appending("server.log") }
  var lock: FilePath { path.appending("lock") }
  /// Which run of the machine the data was last used in.
  private var bootID: FilePath { path.appending("boot-id") }
  /// Which file the server was started from: see `identity`.
  private var program: FilePath { path.appending("program") }

  /// Creates the folder, for the account alone, unless it is there.
  ///
  /// - Throws: `.serverStart` when it cannot be created or the account cannot reach it.
  init(_ path: FilePath, account: ServerAccount) throws(PostgresError) {
    if !path.exists {
      try Self.create(path.removingLastComponent(), mode: 0o755)
      try Self.createPrivate(path, for: account)
    }
    guard let resolved = path.resolved else {
      throw PostgresError(.serverStart, "The folder \(path) of the embedded server cannot be reached.")
    }
    if let obstacle = account.obstacle(onTheWayTo: resolved) {
      throw PostgresError(
        .serverStart,
        """
        The embedded server runs as the user \(account.name), who cannot enter \(obstacle). Use another folder than \
        \(path) for it, or run: chmod o+x \(obstacle)
        """)
    }
    self.path = resolved
    self.account = account
  }

  // MARK: The socket

  /// The folder of the server's socket, for the account alone.
  ///
  /// It is in the server's folder, or in a short one elsewhere when its path would be longer than a socket's may be.
  func socketDirectory(port: String) throws(PostgresError) -> FilePath {
    let inside = path.appending("socket")
    let longest = 107
    if inside.string.utf8.count + "/.s.PGSQL.\(port)".utf8.count <= longest {
      try Self.createPrivate(inside, for: account)
      return inside
    }
    try Self.createPrivate(distantSocketDirectory, for: account)
    return distantSocketDirectory
  }

  private var distantSocketDirectory: FilePath {
    Self.runtimeDirectory.appending("penstock-\(Digest(of: path.string).hex.prefix(16))")
  }

  private static var runtimeDirectory: FilePath {
    if geteuid() == 0 { return "/run" }
    let runtime = getenv("XDG_RUNTIME_DIR").map { FilePath(platformString: $0) }
    return runtime.flatMap { $0.resolved == nil ? nil : $0 } ?? "/tmp"
  }

  // MARK: The data

  /// What becomes of the data folder before a start.
  enum Condition {
    case ready
    case missing
    /// Why it cannot be used as it is.
    case unusable(String)
  }

  /// - Parameter durable: Whether it was written so that a crash of the machine left it whole.
  func condition(major: Int, durable: Bool) -> Condition {
    guard data.exists else { return .missing }
    guard let version = Self.version(ofData: data) else {
      return .unusable("it is not a PostgreSQL data folder")
    }
    guard version == String(major) else {
      return .unusable(
        "it is of PostgreSQL \(version), and the server is PostgreSQL \(major): install postgresql-\(version) to go on with it"
      )
    }
    if !durable, PostmasterFile.path(in: data).exists, bootID.text != Self.currentBootID {
      return .unusable("the machine went down while it was in use")
    }
    return .ready
  }

  /// The major version that the folder is of, as PostgreSQL wrote it down; nil when it is none of PostgreSQL's.
  static func version(ofData data: FilePath) -> String? {
    data.appending("PG_VERSION").text?.trimmingNewlines
  }

  /// Notes that a server is about to use the data, when none does: what an earlier one left is cleared away.
  ///
  /// The socket's lock file too, which names the earlier one's process: PostgreSQL takes a zombie for a server, and
  /// where nobody reaps, as in a container without an init, it is one for good.
  ///
  /// - Parameter program: What the server is about to be started from.
  func claim(socketDirectory: FilePath, port: String, program: FilePath) {
    // When one cannot be removed, the server will say so.
    for leftover in [PostmasterFile.path(in: data), socketDirectory.appending(".s.PGSQL.\(port).lock")] {
      _ = leftover.withPlatformString { unlink($0) }
    }
    Self.note(Self.currentBootID, in: bootID)
    Self.note(Self.identity(of: program), in: self.program)
  }

  /// Whether a file is what the server was last started from, and not one that has replaced it since; nil when nobody
  /// has noted that.
  func wasStarted(from program: FilePath) -> Bool? {
    guard let noted = self.program.text, !noted.isEmpty, let now = Self.identity(of: program) else { return nil }
    return noted == now
  }

  /// Not of the program that runs in the end: the file may be a script that starts another.
  private static func identity(of program: FilePath) -> String? {
    guard let real = program.resolved, let status = real.status else { return nil }
    return "\(status.st_dev) \(status.st_ino) \(real)"
  }

  /// Where it cannot be written, nothing is noted.
  private static func note(_ text: String?, in path: FilePath) {
    guard let text,
      let file = try? FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
    else { return }
    _ = try? file.closeAfter { try file.writeAll(text.utf8) }
  }

  func removeData() throws(PostgresError) {
    try Self.remove(data)
  }

  /// Removes the folder with all that is in it, and the one of its socket.
  func remove() throws(PostgresError) {
    if distantSocketDirectory.status?.st_uid == account.userID { try Self.remove(distantSocketDirectory) }
    try Self.remove(path)
  }

  /// Creates a new cluster, whole or not at all.
  func initialize(_ binaries: ServerBinaries, superuser: String) async throws(PostgresError) {
    let new = path.appending("data.new")
    var output = ""
    for locale in ["C.UTF-8", "C"] {
      try Self.remove(new)
      try Self.createPrivate(new, for: account)
      let outcome = try await Tool(path: binaries.bin.appending("initdb"), account: account).run([
        "--pgdata", new.string, "--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", locale,
        "--lc-messages", "C", "--no-sync", "--no-instructions",
      ])
      output = outcome.output
      guard outcome.succeeded else { continue }
      try writeAuthentication(in: new)
      guard rename(new.string, data.string) == 0 else {
        throw PostgresError(.serverStart, "Cannot rename \(new) to \(data): \(String(cString: strerror(errno))).")
      }
      return
    }
    throw PostgresError(
      .serverStart, "A database cluster could not be created in \(path). initdb said: \(Self.complaint(in: output))")
  }

  /// What initdb complains of, without the steps that went well.
  private static func complaint(in output: String) -> String {
    let lines = output.split(whereSeparator: \.isNewline).map(String.init)
    let complaints = lines.filter { line in ["FATAL:", "PANIC:", "error:"].contains { line.contains($0) } }
    return (complaints.isEmpty ? lines.suffix(3) : complaints[...]).joined(separator: "\n")
  }

  /// Whoever reaches the socket may be anybody; who comes over the network, if the settings let them, needs a password.
  private func writeAuthentication(in data: FilePath) throws(PostgresError) {
    let rules = """
      local all all trust
      host all all 127.0.0.1/32 scram-sha-256
      host all all ::1/128 scram-sha-256

      """
    do {
      let file = try FileDescriptor.open(data.appending("pg_hba.conf"), .writeOnly, options: [.truncate, .closeOnExec])
      try file.closeAfter { _ = try file.writeAll(rules.utf8) }
    } catch {
      throw PostgresError(.serverStart, "Cannot write \(data)/pg_hba.conf: \(error).")
    }
  }

  /// The last lines of the server's log, for an error.
  var logTail: String {
    (log.text ?? "").split(whereSeparator: \.isNewline).suffix(8).joined(separator: "\n")
  }

  /// Nil where the kernel does not say.
  private static let currentBootID = FilePath("/proc/sys/kernel/random/boot_id").text

  // MARK: Folders

  private static func create(_ path: FilePath, mode: mode_t) throws(PostgresError) {
    guard !path.exists else { return }
    if path.components.count > 1 { try create(path.removingLastComponent(), mode: mode) }
    guard path.withPlatformString({ mkdir($0, mode) }) == 0 || errno == EEXIST else {
      throw PostgresError(.serverStart, "Cannot create the folder \(path): \(String(cString: strerror(errno))).")
    }
  }

  /// - Throws: `.serverStart` also when the folder is there but belongs to somebody else.
  private static func createPrivate(_ path: FilePath, for account: ServerAccount) throws(PostgresError) {
    if path.withPlatformString({ mkdir($0, 0o700) }) == 0 {
      if !account.isCurrent { _ = path.withPlatformString { lchown($0, account.userID, account.groupID) } }
    } else if errno != EEXIST {
      throw PostgresError(.serverStart, "Cannot create the folder \(path): \(String(cString: strerror(errno))).")
    }
    guard let status = path.status, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == account.userID,
      status.st_mode & 0o022 == 0
    else {
      throw PostgresError(
        .serverStart,
        """
        \(path) is no folder that belongs to the user \(account.name) alone, as the embedded server needs it. Remove \
        it, or use another folder.
        """)
    }
  }

  private static func remove(_ path: FilePath) throws(PostgresError) {
    guard path.exists else { return }
    do {
      try FileManager.default.removeItem(atPath: path.string)
    } catch {
      throw PostgresError(.serverStart, "Cannot remove \(path): \(error).")
    }
  }
}
