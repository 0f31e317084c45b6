internal import Glibc
internal import NIOCore
internal import NIOPosix
package import SystemPackage

/// Talks to the daemon: the command line and the hooks do.
package struct ControlClient: Sendable {
  private let socket: FilePath

  /// The longest reply: a run's whole record.
  private static let replyLimit = 256 << 20

  /// - Parameter socket: See `DaemonConfig.socket(variables:)`.
  package init(socket: FilePath) {
    self.socket = socket
  }

  /// Asks the daemon, and hands over its replies one by one as they come.
  ///
  /// - Parameter receive: Gets every reply but `end` and `failed`. When it throws, the conversation is over; the daemon
  ///   goes on with whatever it does.
  /// - Throws: `DaemonError`: `notRunning` when no daemon listens or it went away in the middle, `notAllowed` when this
  ///   user may not talk to it; what the daemon answered otherwise; what `receive` threw.
  package func ask(
    _ request: ControlRequest, receive: (ControlReply) async throws -> Void
  ) async throws {
    let connection = try await connect()
    try await connection.executeThenClose { lines, writer in
      do {
        try await writer.write(line: request)
      } catch is ChannelError {
        throw wentAway
      }
      for try await line in lines {
        switch try JSONText.decode(ControlReply.self, String(buffer: line)) {
        case .end: return
        case .failed(let reason, let message): throw DaemonError(reason.code, message)
        case let reply: try await receive(reply)
        }
      }
      throw wentAway
    }
  }

  private var wentAway: DaemonError {
    DaemonError(
      .notRunning, "the daemon went away; what it was at, it takes up again when it starts: see penstock runs")
  }

  private func connect() async throws(DaemonError) -> LineChannel {
    guard socket.string.utf8.count < 108 else {
      throw DaemonError(.configuration, "the socket's path \(socket) is longer than the 107 bytes that Linux allows")
    }
    do {
      return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: socket.string) { channel in
          channel.eventLoop.makeCompletedFuture { try channel.asLineChannel(limit: Self.replyLimit) }
        }
    } catch {
      throw explain(error)
    }
  }

  private func explain(_ error: any Error) -> DaemonError {
    switch (error as? IOError)?.errnoCode {
    case ENOENT, ECONNREFUSED:
      DaemonError(
        .notRunning,
        "no penstock daemon listens on \(socket): start it (systemctl start penstock, or penstock daemon --config FILE), "
          + "or set PENSTOCK_SOCKET to its socket")
    case EACCES:
      DaemonError(.notAllowed, "you may not talk to the daemon on \(socket): ask for membership in the socket's group")
    default:
      DaemonError(.notRunning, "cannot talk to the daemon on \(socket): \(error)")
    }
  }

  /// Whether anybody listens on a socket.
  static func isAnswered(_ path: FilePath) -> Bool {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.string.utf8)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
