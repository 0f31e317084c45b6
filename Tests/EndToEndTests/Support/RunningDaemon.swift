import Foundation
import Glibc
import Synchronization
import SystemPackage
import Testing

/// A daemon of the built binary, in a folder of its own.
final class RunningDaemon: Sendable {
  let socket: FilePath
  let log: FilePath
  private let process: Mutex<Process>
  private let notifications: NotifySocket

  var processID: Int32 { process.withLock { $0.processIdentifier } }

  /// Starts a daemon and waits until it says that it is ready, as systemd would.
  /// - Parameters:
  ///   - folder: Holds `penstock.yaml`.
  ///   - variables: Added to the environment.
  static func start(in folder: FilePath, variables: [String: String] = [:]) async throws -> RunningDaemon {
    let daemon = try RunningDaemon(in: folder, variables: variables)
    guard try await daemon.notifications.wait(for: "READY=1") else {
      daemon.kill(SIGKILL)
      throw NotReady(log: try String(contentsOfFile: daemon.log.string, encoding: .utf8))
    }
    return daemon
  }

  private init(in folder: FilePath, variables: [String: String]) throws {
    socket = folder.appending("penstock.sock")
    log = folder.appending("daemon.log")
    notifications = try NotifySocket(at: folder.appending("notify.sock"))
    try Data().write(to: URL(filePath: log.string))
    let output = try FileHandle(forWritingTo: URL(filePath: log.string))
    let process = Process()
    process.executableURL = URL(filePath: Penstock.path)
    process.arguments = ["daemon", "--config", folder.appending("penstock.yaml").string]
    process.environment = ProcessInfo.processInfo.environment.merging(
      variables, uniquingKeysWith: { $1 }
    ).merging(["NOTIFY_SOCKET": notifications.path.string], uniquingKeysWith: { $1 })
    process.standardOutput = output
    process.standardError = output
    try process.run()
    self.process = Mutex(process)
  }

  /// Sends a signal, and waits until the process has ended.
  /// - Returns: Its exit code, or the signal that ended it.
  @discardableResult
  func kill(_ signal: Int32) -> Int32 {
    process.withLock { process in
      _ = Glibc.kill(process.processIdentifier, signal)
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  /// As systemd stops it.
  @discardableResult
  func stop() -> Int32 { kill(SIGTERM) }

  struct NotReady: Error, CustomStringConvertible {
    let log: String
    var description: String { "the daemon did not become ready:\n\(log)" }
  }
}

/// The datagram socket on which a service tells systemd about itself (sd_notify(3)).
final class NotifySocket: Sendable {
  let path: FilePath
  private let descriptor: Int32

  init(at path: FilePath) throws {
    self.path = path
    unlink(path.string)
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.string.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard descriptor >= 0, result == 0 else { throw Errno(rawValue: errno) }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Waits for a message that holds a line; false when none came within a minute.
  func wait(for line: String) async throws -> Bool {
    let descriptor = descriptor
    return await withCheckedContinuation { continuation in
      Thread {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
          let count = recv(descriptor, &buffer, buffer.count, 0)
          guard count > 0 else { return continuation.resume(returning: false) }
          if String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").contains(Substring(line)) {
            return continuation.resume(returning: true)
          }
        }
      }.start()
    }
  }
}
