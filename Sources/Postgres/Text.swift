internal import Glibc

extension String {
  /// Whether C would see less of it than there is.
  var containsNUL: Bool {
    var text = self
    return text.withUTF8 { bytes in
      guard let start = bytes.baseAddress else { return false }
      return memchr(start, 0, bytes.count) != nil
    }
  }

  /// Without the line ends that libpq closes its messages with.
  var trimmingNewlines: String {
    var text = self[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }

  /// The lines joined to one sentence, without the full stop at its end.
  var singleLine: String {
    var text =
      split(whereSeparator: \.isNewline)
      .map { $0.drop { $0.isWhitespace } }
      .joined(separator: " ")[...]
    while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

/// Lends C an array of C strings, nil for nil, with a nil after the last one.
func withCStrings<Result>(
  _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var characters: [CChar] = []
  let offsets = strings.map { string -> Int? in
    guard var string else { return nil }
    let offset = characters.count
    string.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters.append(contentsOf: $0) }
    }
    characters.append(0)
    return offset
  }
  return characters.withUnsafeBufferPointer { characters in
    var pointers = offsets.map { offset in offset.flatMap { offset in characters.baseAddress.map { $0 + offset } } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
