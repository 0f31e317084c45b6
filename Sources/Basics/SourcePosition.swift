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

/// The lines of a UTF-8 text, found once, so that a byte's position costs a binary search, however long its line is.
package struct LineIndex: Sendable {
  /// The offset of each line's first byte; never empty.
  private let starts: [Int]
  /// The number of characters that begin before each block of bytes.
  private let characters: [Int]
  private let bytes: [UInt8]

  private static let block = 256

  /// - Parameter bytes: UTF-8; a line ends with LF, and a CR before it belongs to the line.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    var characters: [Int] = []
    var count = 0
    for (offset, byte) in bytes.enumerated() {
      if offset % Self.block == 0 { characters.append(count) }
      if byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
      if !Self.isContinuation(byte) { count += 1 }
    }
    self.starts = starts
    self.characters = characters
  }

  /// The number of lines, 1 or more.
  package var count: Int { starts.count }

  /// The position of a 0-based byte offset; an offset past the end is the end.
  package func position(ofByte offset: Int) -> SourcePosition {
    let offset = min(max(offset, 0), bytes.count)
    let line = lineIndex(ofByte: offset)
    return SourcePosition(line: line + 1, column: characters(from: starts[line], to: offset) + 1)
  }

  /// The 0-based byte offset of a position; a column past the line's end is the line's end.
  package func byte(of position: SourcePosition) -> Int {
    guard position.line <= starts.count else { return bytes.count }
    let range = byteRange(ofLine: position.line)
    var offset = range.lowerBound
    var column = 1
    if position.column > Self.block {
      let wanted = characters(before: offset) + position.column - 1
      // The last block that does not begin past it.
      let block = characters.partitioningIndex { $0 > wanted } - 1
      offset = min(max(offset, block * Self.block), range.upperBound)
      while offset > range.lowerBound, offset < range.upperBound, Self.isContinuation(bytes[offset]) { offset -= 1 }
      column += characters(from: range.lowerBound, to: offset)
    }
    while offset < range.upperBound, column < position.column {
      offset += 1
      while offset < range.upperBound, Self.isContinuation(bytes[offset]) { offset += 1 }
      column += 1
    }
    return offset
  }

  /// What stands on a position's line around it, the line's end left out.
  ///
  /// - Parameter reach: How many bytes on either side, more or less: characters stay whole.
  /// - Returns: The text and the position of its first character.
  package func text(around position: SourcePosition, reach: Int) -> (text: String, start: SourcePosition) {
    guard (1...starts.count).contains(position.line) else { return ("", position) }
    let line = byteRange(ofLine: position.line)
    let middle = byte(of: position)
    var start = max(line.lowerBound, middle - reach)
    var end = min(line.upperBound, middle + reach)
    while start > line.lowerBound, Self.isContinuation(bytes[start]) { start -= 1 }
    while end < line.upperBound, Self.isContinuation(bytes[end]) { end += 1 }
    return (String(decoding: bytes[start..<end], as: UTF8.self), self.position(ofByte: start))
  }

  private func byteRange(ofLine line: Int) -> Range<Int> {
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<max(start, end)
  }

  private func characters(from start: Int, to end: Int) -> Int {
    end - start > Self.block
      ? characters(before: end) - characters(before: start) : bytes[start..<end].count { !Self.isContinuation($0) }
  }

  /// The number of characters that begin before `offset`, which may be the end.
  private func characters(before offset: Int) -> Int {
    guard !characters.isEmpty else { return 0 }
    let block = min(offset / Self.block, characters.count - 1)
    return characters[block] + bytes[block * Self.block..<offset].count { !Self.isContinuation($0) }
  }

  private func lineIndex(ofByte offset: Int) -> Int {
    starts.partitioningIndex { $0 > offset } - 1
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }
}

extension Array {
  /// The index of the first element that fits, when those that fit are the last ones; the end when none does.
  fileprivate func partitioningIndex(where fits: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if fits(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
