/// What the text between the quotes of a string constant means.
enum StringConstant {
  /// - Parameter kind: A kind of string.
  static func value(of contents: ArraySlice<UInt8>, as kind: Token.Kind) -> String {
    switch kind {
    case .dollarString: String(decoding: contents, as: UTF8.self)
    case .escapeString: unescaped(contents)
    default: undoubled(contents)
    }
  }

  private static func undoubled(_ contents: ArraySlice<UInt8>) -> String {
    guard contents.contains(Byte.quote) else { return String(decoding: contents, as: UTF8.self) }
    var result: [UInt8] = []
    var rest = contents
    while let byte = rest.popFirst() {
      result.append(byte)
      if byte == Byte.quote, rest.first == Byte.quote { rest.removeFirst() }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Source: "String Constants with C-Style Escapes" of the PostgreSQL manual.
  private static func unescaped(_ contents: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var rest = contents
    while let byte = rest.popFirst() {
      if byte == Byte.quote, rest.first == Byte.quote {
        rest.removeFirst()
        result.append(byte)
      } else if byte == Byte.backslash, let escape = rest.popFirst() {
        appendEscape(escape, &rest, to: &result)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func appendEscape(_ escape: UInt8, _ rest: inout ArraySlice<UInt8>, to result: inout [UInt8]) {
    switch escape {
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(Byte.formFeed)
    case UInt8(ascii: "n"): result.append(Byte.lineFeed)
    case UInt8(ascii: "r"): result.append(Byte.carriageReturn)
    case UInt8(ascii: "t"): result.append(Byte.tab)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let more = number(&rest, radix: 8, digits: 2, after: UInt32(escape & 7))
      result.append(UInt8(truncatingIfNeeded: more ?? 0))
    case UInt8(ascii: "x"):
      let value = number(&rest, radix: 16, digits: 2)
      result.append(value.map { UInt8(truncatingIfNeeded: $0) } ?? escape)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let value = number(&rest, radix: 16, digits: escape == UInt8(ascii: "u") ? 4 : 8)
      if let scalar = value.flatMap(Unicode.Scalar.init) { result += Array(String(Character(scalar)).utf8) }
    default: result.append(escape)
    }
  }

  /// The number in up to so many digits, which are taken off; nil when there is none.
  private static func number(
    _ rest: inout ArraySlice<UInt8>, radix: UInt32, digits: Int, after first: UInt32? = nil
  ) -> UInt32? {
    var value = first
    for _ in 0..<digits {
      guard let digit = rest.first.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }), digit < radix else {
        break
      }
      value = (value ?? 0) &* radix &+ UInt32(digit)
      rest.removeFirst()
    }
    return value
  }
}
