extension String {
  /// An expression of the server's as it must be written for the server to read the same expression.
  ///
  /// `status IN ('a', 'b')` with a `varchar` is kept, and written, as
  /// `(status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])`. Read again, the cast is
  /// each element's own, and what is written then is another text. Without the cast the server adds it as it did before.
  var reparsable: String {
    guard contains("(ARRAY[") else { return self }
    let bytes = Array(utf8)
    let start = Array("(ARRAY[".utf8)
    let end = Array("])::text[]".utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: start), let close = Self.end(ofArrayAt: index + start.count, in: bytes),
        bytes[close...].starts(with: end)
      {
        let elements = bytes[(index + start.count)..<close]
        if String(decoding: elements, as: UTF8.self).contains("::character varying") {
          result += start.dropFirst() + elements + [UInt8(ascii: "]")]
          index = close + end.count
          continue
        }
      }
      result.append(bytes[index])
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Where the bracket is that closes an array, whose first element begins at `start`.
  private static func end(ofArrayAt start: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    var isQuoted = false
    for index in start..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "'"): isQuoted.toggle()
      case UInt8(ascii: "[") where !isQuoted: depth += 1
      case UInt8(ascii: "]") where !isQuoted:
        if depth == 0 { return index }
        depth -= 1
      default: break
      }
    }
    return nil
  }
}
