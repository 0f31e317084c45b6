/// A place in a text file.
package struct SourcePosition: Hashable, Sendable, Codable {
  /// 1-based.
  package var line: Int
  /// 1-based, in Unicode scalars, as PostgreSQL counts characters.
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

extension SourcePosition: Comparable {
  package static func < (a: SourcePosition, b: SourcePosition) -> Bool {
    (a.line, a.column) < (b.line, b.column)
  }
}

extension SourcePosition: CustomStringConvertible {
  package var description: String { "\(line):\(column)" }
}

/// The lines of a UTF-8 text, found once, so that a byte's position costs a binary search.
package struct LineIndex: Sendable {
  /// The offset of each line's first byte; never empty.
  private let starts: [Int]
  private let bytes: [UInt8]

  /// - Parameter bytes: UTF-8; a line ends with LF, and a CR before it belongs to the line.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    self.starts = starts
  }

  /// The number of lines, 1 or more.
  package var count: Int { starts.count }

  /// The position of a 0-based byte offset; an offset past the end is the end.
  package func position(ofByte offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    let line = lineIndex(ofByte: offset)
    let column = bytes[starts[line]..<offset].count { !Self.isContinuation($0) }
    return SourcePosition(line: line + 1, column: column + 1)
  }

  /// The 0-based byte offset of a position; a column past the line's end is the line's end.
  package func byte(of position: SourcePosition) -> Int {
    guard position.line <= starts.count else { return bytes.count }
    let range = byteRange(ofLine: position.line)
    var offset = range.lowerBound
    var column = 1
    while offset < range.upperBound, column < position.column {
      offset += 1
      while offset < range.upperBound, Self.isContinuation(bytes[offset]) { offset += 1 }
      column += 1
    }
    return offset
  }

  /// The text of a 1-based line, without its line end; empty when there is no such line.
  package func text(ofLine line: Int) -> String {
    guard (1...starts.count).contains(line) else { return "" }
    return String(decoding: bytes[byteRange(ofLine: line)], as: UTF8.self)
  }

  private func byteRange(ofLine line: Int) -> Range<Int> {
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<max(start, end)
  }

  private func lineIndex(ofByte offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }
}
