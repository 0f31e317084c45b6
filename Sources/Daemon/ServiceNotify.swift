internal import Glibc
internal import SystemPackage

/// Tells systemd how the service is: datagrams of `KEY=value` lines to the socket that `$NOTIFY_SOCKET` names.
///
/// Does nothing when there is none, and nothing when a datagram cannot be sent: systemd notices what it misses, and the
/// service has better things to do.
///
/// Related systemd documentation: <https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>
package struct ServiceNotify: Sendable {
  /// As `$NOTIFY_SOCKET` has it: a path, or an abstract name after `@`.
  private let address: String?
  /// How often `WATCHDOG=1` must come, at the least; nil when nobody waits for it.
  package let watchdogInterval: Duration?

  /// - Parameter variables: The process's environment.
  package init(variables: [String: String]) {
    address = variables["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    let isMine = variables["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    watchdogInterval = isMine ? variables["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0) } : nil
  }

  /// The service is up.
  package func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.oneLine(status))") }

  /// What the service is at, for `systemctl status`.
  package func status(_ status: String) { send("STATUS=\(Self.oneLine(status))") }

  /// The service goes down, and needs at most so long.
  package func stopping(within limit: Duration, _ status: String) {
    let microseconds = limit.components.seconds * 1_000_000
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(microseconds)\nSTATUS=\(Self.oneLine(status))")
  }

  /// The service is alive.
  package func ping() { send("WATCHDOG=1") }

  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  private func send(_ message: String) {
    guard let address else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }

    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var name = Array(address.utf8)
    guard name.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
    let isAbstract = name[0] == UInt8(ascii: "@")
    if isAbstract { name[0] = 0 }
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: name) }
    // An abstract name is as long as it is, a path ends with a zero (unix(7)).
    let length = MemoryLayout<sa_family_t>.size + name.count + (isAbstract ? 0 : 1)

    let bytes = Array(message.utf8)
    withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, socklen_t(length))
      }
    }
  }
}
