/// Reads PostgreSQL's text format of an array of one dimension: `{a,"b c",NULL}`.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
struct ArrayLiteral {
  private let text: [UInt8]
  private var index = 0

  init(_ text: Span<UInt8>) {
    self.text = text.withUnsafeBufferPointer { Array($0) }
  }

  /// Nil when the text is no such array, or one of its elements not an `Element`.
  mutating func read<Element: PostgresDecodable>() -> [Element]? {
    guard take("{") else { return nil }
    if take("}") { return index == text.count ? [] : nil }
    var elements: [Element] = []
    repeat {
      guard let element: Element = readElement() else { return nil }
      elements.append(element)
    } while take(",")
    guard take("}"), index == text.count else { return nil }
    return elements
  }

  private mutating func readElement<Element: PostgresDecodable>() -> Element? {
    if take("\"") {
      guard let unquoted = readQuoted() else { return nil }
      return Element(postgresText: unquoted.span)
    }
    let start = index
    while index < text.count, text[index] != UInt8(ascii: ","), text[index] != UInt8(ascii: "}") {
      if text[index] == UInt8(ascii: "{") { return nil }
      index += 1
    }
    let bare = Array(text[start..<index])
    return bare.elementsEqual("NULL".utf8) ? Element.postgresNull : Element(postgresText: bare.span)
  }

  /// The rest of a quoted element; nil when its closing quote is missing.
  private mutating func readQuoted() -> [UInt8]? {
    var bytes: [UInt8] = []
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        return bytes
      case UInt8(ascii: "\\"):
        index += 1
        guard index < text.count else { return nil }
        bytes.append(text[index])
      case let byte:
        bytes.append(byte)
      }
      index += 1
    }
    return nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }
}
