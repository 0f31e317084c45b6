internal import Basics
internal import CLinux
internal import Glibc
package import SystemPackage

/// The daemon's own folder: the store, the log, the embedded servers.
package struct StateFolder: Sendable {
  package let path: FilePath

  package init(_ path: FilePath) {
    self.path = path
  }

  /// The queue and the history of runs.
  package var store: FilePath { path.appending("penstock.sqlite") }
  /// The audit log's files.
  package var log: FilePath { path.appending("log") }
  /// The embedded server that shadow databases are on.
  package var shadow: FilePath { path.appending("shadow") }

  /// What the daemon of this folder calls itself to a target: the same after a restart, and unlike that of any other
  /// daemon, on this machine or another.
  package var instance: String {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let name = host.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return "daemon-\(Digest(of: "\(name) \(path)").hex.prefix(12))"
  }

  /// The embedded server that is an environment's target.
  package func target(_ environment: String) -> FilePath {
    path.appending("targets").appending(environment)
  }

  /// Makes the folder and those of its parts that others expect to find, for this user alone.
  package func make() throws(DaemonError) {
    for folder in [path, log, path.appending("targets")] {
      try Self.make(folder)
    }
  }

  /// Makes a folder and those above it that are missing.
  static func make(_ folder: FilePath) throws(DaemonError) {
    var made = FilePath(root: folder.root)
    for component in folder.components {
      made.append(component)
      guard mkdir(made.string, 0o755) == 0 || errno == EEXIST else {
        throw DaemonError(.storage, "cannot make the folder \(made): \(Errno(rawValue: errno))")
      }
    }
    var status = stat()
    guard stat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw DaemonError(.storage, "\(folder) is not a folder")
    }
  }
}

/// The right to work with a state folder, for as long as the value lives.
///
/// An advisory lock (`flock(2)`), which the kernel lets go with the process: nothing stale is ever left behind. The file
/// says who holds it, for the one who comes second.
package struct StateLock: ~Copyable {
  private let file: FileDescriptor

  /// - Throws: `inUse`, with the holder's process number, when another daemon has the folder.
  package init(_ folder: StateFolder) throws(DaemonError) {
    file = try Self.lockedFile(folder)
  }

  private static func lockedFile(_ folder: StateFolder) throws(DaemonError) -> FileDescriptor {
    let path = folder.path.appending("penstock.lock")
    let descriptor = Glibc.open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw DaemonError(.storage, "cannot open \(path): \(Errno(rawValue: errno))") }
    let file = FileDescriptor(rawValue: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = Errno(rawValue: errno)
      let holder = holder(in: file)
      Glibc.close(descriptor)
      guard reason == .wouldBlock else { throw DaemonError(.storage, "cannot lock \(path): \(reason)") }
      throw DaemonError(
        .inUse,
        "another penstock daemon\(holder) works with \(folder.path): "
          + "stop that one, or give this one a state folder of its own")
    }
    guard ftruncate(descriptor, 0) == 0, (try? file.writeAll("\(getpid())\n".utf8)) != nil else {
      Glibc.close(descriptor)
      throw DaemonError(.storage, "cannot write \(path): is the disk full?")
    }
    return file
  }

  private static func holder(in file: FileDescriptor) -> String {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = buffer.withUnsafeMutableBytes { pread(file.rawValue, $0.baseAddress, $0.count, 0) }
    let text = String(decoding: buffer.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return Int32(text).map { " (process \($0))" } ?? ""
  }

  deinit {
    // Not left to `close`: a process that is being started holds a copy of the descriptor until it becomes its program.
    _ = flock(file.rawValue, LOCK_UN)
    _ = Glibc.close(file.rawValue)
  }
}
