extension Statement {
  /// The names, in the order of the text, that are longer than PostgreSQL keeps: it cuts them to 63 bytes.
  ///
  /// Those in bodies of functions are not among them. In bytes of the file.
  package var overlongNames: [(name: String, range: Range<Int>)] {
    guard mayHaveOverlongNames else { return [] }
    let bytes = Array(text.utf8)
    return TokenList(bytes, in: bytes.indices).tokens.compactMap { token in
      guard token.range.count > Self.longestName else { return nil }
      let written = String(decoding: bytes[token.range], as: UTF8.self)
      let name: String
      switch token.kind {
      case .word: name = written
      case .quotedWord: name = String(written.dropFirst().dropLast()).replacing("\"\"", with: "\"")
      default: return nil
      }
      guard name.utf8.count > Self.longestName else { return nil }
      return (name, range.lowerBound + token.range.lowerBound..<range.lowerBound + token.range.upperBound)
    }
  }

  /// The last parts of the names that stand before an opening parenthesis, as those of routines that are called do, in
  /// lowercase: of a `DO` block in its body, of anything else in the statement itself. In literals and comments none is.
  package var calledNames: Set<Substring> {
    let bytes = Array(text.utf8)
    var searched = bytes.indices
    if case .doBlock = syntax, let body {
      searched = body.lowerBound - range.lowerBound..<body.upperBound - range.lowerBound
    }
    let list = TokenList(bytes, in: searched)
    let names = zip(list.tokens, list.tokens.dropFirst()).compactMap { token, next -> Substring? in
      guard next.isPunctuation(Byte.openParenthesis, in: bytes) else { return nil }
      let written = String(decoding: bytes[token.range], as: UTF8.self).lowercased()
      switch token.kind {
      case .word: return written[...]
      case .quotedWord: return written.dropFirst().dropLast()
      default: return nil
      }
    }
    return Set(names)
  }

  private static let longestName = 63

  /// Whether there are as many bytes in a row that a name may have, or a quote, within which a name may have any.
  private var mayHaveOverlongNames: Bool {
    var length = 0
    for byte in text.utf8 {
      if byte == Byte.doubleQuote { return true }
      length = Byte.continuesWord(byte) ? length + 1 : 0
      if length > Self.longestName { return true }
    }
    return false
  }

  /// From the first word of a type to its last bracket: `character varying(20)[]`.
  ///
  /// - Parameter location: Where the type begins, as ``Syntax/TypeName/location`` has it.
  /// - Returns: Nil when no name is there. In bytes of the file.
  package func rangeOfType(at location: Int) -> Range<Int>? {
    let bytes = Array(text.utf8)
    let list = TokenList(bytes, in: bytes.indices)
    let first = list.index(at: location - range.lowerBound)
    guard first < list.tokens.count else { return nil }
    var index = first
    func take(_ words: StaticString...) {
      guard words.indices.allSatisfy({ list.isWord(words[$0], at: index + $0) }) else { return }
      index += words.count
    }
    take("national")
    index += 1
    while list.isPunctuation(Byte.dot, at: index) { index += 2 }
    take("precision")
    take("varying")
    if let end = list.closingParenthesis(of: index) { index = end + 1 }
    take("without", "time", "zone")
    take("with", "time", "zone")
    take("array")
    while list.isPunctuation(Byte.openBracket, at: index) {
      while index < list.tokens.count, !list.isPunctuation(Byte.closeBracket, at: index) { index += 1 }
      index += 1
    }
    return list.range(from: first, to: index).map { base in
      range.lowerBound + base.lowerBound..<range.lowerBound + base.upperBound
    }
  }
}
