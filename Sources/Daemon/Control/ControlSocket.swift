internal import Git
internal import Glibc
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
package import SystemPackage

/// The unix socket through which the command line and the hooks talk to the daemon.
///
/// A connection is for one request. Requests and connections are bounded, and a connection waits for no client but its
/// own. Who may talk to the daemon is the business of the socket's permissions: its user and its group.
package struct ControlSocket: Service {
  private let path: FilePath
  private let desk: ControlDesk
  private let logger: Logger
  /// How many clients are connected.
  private let count = ConnectionCount()
  private let isListening: @Sendable () async -> Void

  /// The longest request: a push of several thousand branches.
  private static let requestLimit = 1 << 20
  private static let connectionLimit = 128
  /// How long a client may take to say what it wants, and to take a line that it is told.
  private static let patience = Duration.seconds(30)

  /// - Parameter isListening: Called when clients can connect.
  package init(
    path: FilePath, desk: ControlDesk, logger: Logger, isListening: @escaping @Sendable () async -> Void = {}
  ) {
    self.path = path
    self.desk = desk
    self.logger = logger
    self.isListening = isListening
  }

  /// Listens until the service group shuts down.
  /// - Throws: `DaemonError` when the socket cannot be made.
  package func run() async throws {
    let server = try await listen()
    defer { unlink(path.string) }
    await isListening()
    do {
      try await cancelWhenGracefulShutdown {
        try await server.executeThenClose { connections in
          try await withThrowingDiscardingTaskGroup { group in
            for try await connection in connections {
              group.addTask { await serve(connection) }
            }
          }
        }
      }
    } catch is CancellationError {
      return
    }
  }

  /// Connections come as plain channels that read nothing yet, and become channels of lines when they are served: one
  /// that nobody takes, because we stop listening just then, must not have a writer, which ends the process if it is
  /// dropped unfinished.
  private func listen() async throws -> NIOAsyncChannel<any Channel, Never> {
    guard path.string.utf8.count < 108 else {
      throw DaemonError(.configuration, "the socket's path \(path) is longer than the 107 bytes that Linux allows")
    }
    guard !ControlClient.isAnswered(path) else {
      throw DaemonError(.inUse, "another daemon listens on \(path): give this one a socket of its own")
    }
    try StateFolder.make(path.removingLastComponent())
    let server: NIOAsyncChannel<any Channel, Never>
    do {
      server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelOption(.autoRead, value: false)
        .bind(unixDomainSocketPath: path.string, cleanupExistingSocketFile: true) { channel in
          channel.eventLoop.makeSucceededFuture(channel)
        }
    } catch {
      throw DaemonError(.configuration, "cannot listen on \(path): \(error)")
    }
    // Until here only this user could connect, whatever the umask: connecting needs the right to write (unix(7)).
    guard chmod(path.string, 0o660) == 0 else {
      throw DaemonError(.configuration, "cannot set the permissions of \(path): \(Errno(rawValue: errno))")
    }
    return server
  }

  // MARK: One client

  private func serve(_ channel: any Channel) async {
    let isWelcome = count.enter(limit: Self.connectionLimit)
    defer { if isWelcome { count.leave() } }
    do {
      let connection = try await channel.eventLoop.submit {
        try channel.asLineChannel(limit: Self.requestLimit)
      }.get()
      try await connection.executeThenClose { lines, writer in
        let peer = Peer(try await channel.peerCredentials())
        try await channel.setOption(.autoRead, value: true).get()
        guard isWelcome else {
          let message = "the daemon has \(Self.connectionLimit) clients already: try again later"
          return try await Self.send(.failed(reason: .other, message: message), to: writer)
        }
        try await serve(lines, writer, peer)
      }
    } catch {
      channel.close(promise: nil)
      logger.debug("a client of the control socket went away", metadata: ["reason": "\(error)"])
    }
  }

  /// Answers the first line, until it is answered or the client goes away.
  private func serve(
    _ lines: NIOAsyncChannelInboundStream<ByteBuffer>, _ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ peer: Peer
  ) async throws {
    let (requests, received) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(1))
    try await withThrowingTaskGroup { group in
      group.addTask {
        for try await line in lines { received.yield(line) }
        throw ClientIsGone()
      }
      group.addTask {
        let line = try await within(Self.patience) { await requests.first { _ in true } }
        guard let line else { return }
        try await answer(String(buffer: line), peer, writer)
      }
      try await group.next()
      group.cancelAll()
    }
  }

  private func answer(
    _ line: String, _ peer: Peer, _ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws {
    let request: ControlRequest
    do {
      request = try JSONText.decode(ControlRequest.self, line)
    } catch {
      let message = "the daemon does not understand the request: are penstock and the daemon of the same version?"
      return try await Self.send(.failed(reason: .other, message: message), to: writer)
    }
    do {
      try await desk.answer(request, from: peer) { try await Self.send($0, to: writer) }
      try await Self.send(.end, to: writer)
    } catch let error as DaemonError {
      try await Self.send(.failed(reason: ControlFailure(error.code), message: error.message), to: writer)
    } catch let error as GitError {
      try await Self.send(.failed(reason: .other, message: error.message), to: writer)
    }
  }

  private static func send(
    _ reply: ControlReply, to writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) async throws {
    try await within(patience) { try await writer.write(line: reply) }
  }
}

private struct ClientIsGone: Error {}

/// The number of clients at this moment.
private final class ConnectionCount: Sendable {
  private let count = Mutex(0)

  /// - Returns: False when there are as many as may be.
  func enter(limit: Int) -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}

/// Does something that must not take longer than `limit`, and ends it when it does.
/// - Throws: `CancellationError` when the time is up.
func within<Value: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      throw CancellationError()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw CancellationError() }
    return value
  }
}
