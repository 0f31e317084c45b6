import Daemon
import Foundation
import SystemPackage
import Testing

@Suite("The service")
struct ServiceTests {
  @Test("systemd is told on its socket, whether that is a path or an abstract name", arguments: [false, true])
  func notify(isAbstract: Bool) throws {
    try withScratchFolder { folder in
      let name = isAbstract ? "@penstock-test-\(UUID().uuidString)" : folder.appending("notify").string
      let receiver = try DatagramSocket(name)
      let notify = ServiceNotify(variables: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3000000"])

      notify.ready("watching\n2 repositories")
      notify.ping()
      notify.stopping(within: .seconds(90), "stopping")

      #expect(try receiver.receive() == "READY=1\nSTATUS=watching 2 repositories")
      #expect(try receiver.receive() == "WATCHDOG=1")
      #expect(try receiver.receive() == "STOPPING=1\nEXTEND_TIMEOUT_USEC=90000000\nSTATUS=stopping")
      #expect(notify.watchdogInterval == .seconds(3))
    }
  }

  @Test("without systemd nothing is told to nobody")
  func silent() {
    let notify = ServiceNotify(variables: [:])

    notify.ready("up")

    #expect(notify.watchdogInterval == nil)
  }

  @Test("the second daemon on a state folder is told who has it, and may have it afterwards")
  func lock() throws {
    try withScratchFolder { folder in
      let state = StateFolder(folder.appending("state"))
      try state.make()
      do {
        let first = try StateLock(state)
        defer { withExtendedLifetime(first) {} }

        let error = #expect(throws: DaemonError.self) { _ = try StateLock(state) }

        #expect(error?.code == .inUse)
        #expect(error?.message.contains("(process \(getpid()))") == true)
      }
      _ = try StateLock(state)
    }
  }
}

/// What systemd's end of the socket is.
private final class DatagramSocket {
  private let descriptor: Int32

  init(_ name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count + (bytes[0] == 0 ? 0 : 1))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  func receive() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  deinit { close(descriptor) }
}
