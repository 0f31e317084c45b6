internal import NIOCore

/// Cuts what comes in on the control socket into lines. `ByteToMessageHandler`'s buffer limit bounds their length.
struct LineDecoder: ByteToMessageDecoder {
  typealias InboundOut = ByteBuffer

  /// How much of the buffer is known to hold no line end.
  private var searched = 0

  mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) -> DecodingState {
    let unread = buffer.readableBytesView
    guard let end = unread.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) else {
      searched = unread.count
      return .needMoreData
    }
    searched = 0
    let length = unread.distance(from: unread.startIndex, to: end)
    guard let line = buffer.readSlice(length: length) else { return .needMoreData }
    buffer.moveReaderIndex(forwardBy: 1)
    context.fireChannelRead(wrapInboundOut(line))
    return .continue
  }

  /// A line without its end is none.
  mutating func decodeLast(
    context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
  ) -> DecodingState {
    while case .continue = decode(context: context, buffer: &buffer) {}
    return .needMoreData
  }
}

/// A connection on which lines come in and go out.
typealias LineChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

extension Channel {
  /// - Parameter limit: The longest line to take, in bytes; a longer one ends the connection.
  func asLineChannel(limit: Int) throws -> LineChannel {
    try pipeline.syncOperations.addHandler(ByteToMessageHandler(LineDecoder(), maximumBufferSize: limit))
    return try LineChannel(wrappingChannelSynchronously: self)
  }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
  /// Waits while the other end does not read.
  func write(line value: some Encodable) async throws {
    var buffer = ByteBuffer(string: try JSONText.encode(value))
    buffer.writeInteger(UInt8(ascii: "\n"))
    try await write(buffer)
  }
}
