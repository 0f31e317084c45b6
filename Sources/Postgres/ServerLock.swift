internal import CLinux
internal import Glibc
internal import SystemPackage

/// The lock on an embedded server's folder: whoever holds it may start and stop the server there.
///
/// The file says who started the server, and for how long: `4711 process` or `4711 detached`. The kernel lets go of the
/// lock when its holder dies.
struct ServerLock: ~Copyable {
  private let descriptor: CInt
  /// How the server that was here last was started; nil when there was none, or it was stopped.
  let previous: EmbeddedServer.Lifetime?

  /// Takes the lock; blocks while another process holds it that is about to let go of it.
  ///
  /// - Throws: `.serverStart`, naming the holder, when it keeps the lock as long as it lives; `.cancelled`.
  init(path: FilePath) throws(PostgresError) {
    let descriptor = path.withPlatformString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    guard descriptor >= 0 else {
      throw PostgresError(.serverStart, "Cannot open \(path): \(String(cString: strerror(errno))).")
    }
    do {
      try Self.lock(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    previous = Holder(text: path.text)?.lifetime
  }

  /// Nil when another process holds the lock, or the file cannot be opened.
  init?(ifFree path: FilePath) {
    let descriptor = path.withPlatformString { open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    previous = Holder(text: path.text)?.lifetime
  }

  deinit {
    // Not left to `close`: a process that is being started holds a copy of the descriptor until it becomes its program.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Writes down that the server here is ours from now on; with nil, that there is none.
  func note(_ lifetime: EmbeddedServer.Lifetime?) {
    let text = lifetime.map { Holder(processID: getpid(), lifetime: $0).text } ?? ""
    ftruncate(descriptor, 0)
    pwrite(descriptor, text, text.utf8.count, 0)
  }

  private static func lock(_ descriptor: CInt, _ path: FilePath) throws(PostgresError) {
    let deadline = ContinuousClock.now + .seconds(60)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if Task.isCancelled { throw PostgresError(.cancelled, "Waiting for the lock \(path) was cancelled.") }
      let holder = Holder(text: path.text)
      guard holder?.keepsLock != true, .now < deadline else {
        throw PostgresError(
          .serverStart,
          """
          The embedded server in \(path.removingLastComponent()) belongs to process \
          \(holder.map { "\($0.processID)" } ?? "(unknown)"), which is running. Stop that one first, or use another \
          folder.
          """)
      }
      usleep(20_000)
    }
  }

  private struct Holder {
    let processID: pid_t
    let lifetime: EmbeddedServer.Lifetime

    init(processID: pid_t, lifetime: EmbeddedServer.Lifetime) {
      self.processID = processID
      self.lifetime = lifetime
    }

    init?(text: String?) {
      let words = text?.split(whereSeparator: \.isWhitespace) ?? []
      guard words.count == 2, let processID = pid_t(words[0]),
        let lifetime = EmbeddedServer.Lifetime(rawValue: String(words[1]))
      else { return nil }
      self.init(processID: processID, lifetime: lifetime)
    }

    var text: String { "\(processID) \(lifetime.rawValue)\n" }

    /// False also for a holder that died, whose line the next one is about to replace.
    var keepsLock: Bool { lifetime == .process && (kill(processID, 0) == 0 || errno == EPERM) }
  }
}
