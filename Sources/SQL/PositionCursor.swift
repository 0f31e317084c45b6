internal import Basics

/// Positions of ascending offsets, each found from the one before.
///
/// A ``LineIndex`` counts a column from the start of its line each time; a file may be one line of 50 MB.
struct PositionCursor {
  private let bytes: [UInt8]
  private var offset: Int
  private var position: SourcePosition

  /// - Parameter start: What has the position `position`.
  init(_ bytes: [UInt8], from start: Int, at position: SourcePosition) {
    self.bytes = bytes
    offset = start
    self.position = position
  }

  /// - Parameter target: Not before that of the previous call; past the end is the end.
  mutating func position(ofByte target: Int) -> SourcePosition {
    let target = min(target, bytes.count)
    while offset < target {
      let byte = bytes[offset]
      if byte == Byte.lineFeed {
        position.line += 1
        position.column = 1
      } else if byte & 0b1100_0000 != 0b1000_0000 {
        position.column += 1
      }
      offset += 1
    }
    return position
  }
}
