/// Cuts SQL into tokens by the rules of PostgreSQL's scanner with `standard_conforming_strings` on.
///
/// The parser's own scanner is not enough: it knows nothing of the data of a `COPY` and of psql's lines, stops at the
/// first mistake, and does not say where a literal that never ends began.
///
/// Source: `src/backend/parser/scan.l` of PostgreSQL 15.
struct Lexer {
  private let bytes: [UInt8]
  /// Where the next token is looked for.
  var position: Int
  private let end: Int
  /// Whether a quote on a following line would continue the escape string before it, as SQL has it.
  private var mayContinueEscapeString = false

  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next token, comments among them; nil at the end.
  mutating func next() throws(UnterminatedToken) -> Token? {
    let sawLineEnd = skipBlanks()
    guard position < end else { return nil }
    let start = position
    let continuesEscapeString = mayContinueEscapeString && sawLineEnd
    let kind = try scan(continuesEscapeString: continuesEscapeString)
    if kind == .escapeString {
      mayContinueEscapeString = true
    } else if kind != .lineComment {
      mayContinueEscapeString = false
    }
    return Token(kind: kind, range: start..<position)
  }

  /// - Returns: Whether a line ended among the blanks.
  private mutating func skipBlanks() -> Bool {
    var sawLineEnd = false
    while position < end, Byte.isBlank(bytes[position]) {
      let byte = bytes[position]
      if byte == Byte.lineFeed || byte == Byte.carriageReturn { sawLineEnd = true }
      position += 1
    }
    return sawLineEnd
  }

  private mutating func scan(continuesEscapeString: Bool) throws(UnterminatedToken) -> Token.Kind {
    let byte = bytes[position]
    switch byte {
    case Byte.quote:
      if continuesEscapeString {
        try scanEscapeString(prefix: 0)
        return .escapeString
      }
      try scanQuoted(by: Byte.quote, prefix: 0, as: .string)
      return .string
    case Byte.doubleQuote:
      try scanQuoted(by: Byte.doubleQuote, prefix: 0, as: .quotedWord)
      return .quotedWord
    case Byte.dollar:
      return try scanDollar()
    case Byte.dash where peek(1) == Byte.dash:
      scanLineComment()
      return .lineComment
    case Byte.slash where peek(1) == Byte.asterisk:
      try scanBlockComment()
      return .blockComment
    case Byte.dot where Byte.isDigit(peek(1)):
      scanNumber()
      return .number
    case _ where Byte.isDigit(byte):
      scanNumber()
      return .number
    case _ where Byte.startsWord(byte):
      return try scanWord()
    case _ where Byte.isOperator(byte):
      scanOperator()
      return .operator
    default:
      position += 1
      return .punctuation
    }
  }

  /// The byte so far ahead, or 0 past the end.
  private func peek(_ distance: Int) -> UInt8 {
    position + distance < end ? bytes[position + distance] : 0
  }

  private mutating func scanWord() throws(UnterminatedToken) -> Token.Kind {
    let next = peek(1)
    switch bytes[position] | 0x20 {
    case UInt8(ascii: "e") where next == Byte.quote:
      try scanEscapeString(prefix: 1)
      return .escapeString
    case UInt8(ascii: "b"), UInt8(ascii: "x"), UInt8(ascii: "n"):
      guard next == Byte.quote else { break }
      try scanQuoted(by: Byte.quote, prefix: 1, as: .string)
      return .string
    case UInt8(ascii: "u") where next == Byte.ampersand && peek(2) == Byte.quote:
      try scanQuoted(by: Byte.quote, prefix: 2, as: .string)
      return .string
    case UInt8(ascii: "u") where next == Byte.ampersand && peek(2) == Byte.doubleQuote:
      try scanQuoted(by: Byte.doubleQuote, prefix: 2, as: .quotedWord)
      return .quotedWord
    default: break
    }
    while position < end, Byte.continuesWord(bytes[position]) { position += 1 }
    return .word
  }

  private mutating func scanNumber() {
    while Byte.isDigit(peek(0)) { position += 1 }
    // Two dots are a range of PL/pgSQL: `1..10`.
    if peek(0) == Byte.dot, peek(1) != Byte.dot {
      position += 1
      while Byte.isDigit(peek(0)) { position += 1 }
    }
    if peek(0) | 0x20 == UInt8(ascii: "e") {
      let sign = peek(1) == UInt8(ascii: "+") || peek(1) == Byte.dash ? 1 : 0
      guard Byte.isDigit(peek(1 + sign)) else { return }
      position += 1 + sign
      while Byte.isDigit(peek(0)) { position += 1 }
    }
  }

  /// An operator ends before a comment that begins in it.
  private mutating func scanOperator() {
    repeat {
      position += 1
    } while position < end && Byte.isOperator(bytes[position])
      && !(bytes[position] == Byte.dash && peek(1) == Byte.dash)
      && !(bytes[position] == Byte.slash && peek(1) == Byte.asterisk)
  }

  private mutating func scanQuoted(by quote: UInt8, prefix: Int, as kind: Token.Kind) throws(UnterminatedToken) {
    let start = position
    position += prefix + 1
    while position < end {
      guard bytes[position] == quote else {
        position += 1
        continue
      }
      position += 1
      guard peek(0) == quote else { return }
      position += 1
    }
    throw UnterminatedToken(kind: kind, start: start)
  }

  private mutating func scanEscapeString(prefix: Int) throws(UnterminatedToken) {
    let start = position
    position += prefix + 1
    while position < end {
      switch bytes[position] {
      case Byte.backslash:
        position += 2
      case Byte.quote:
        position += 1
        guard peek(0) == Byte.quote else { return }
        position += 1
      default:
        position += 1
      }
    }
    position = end
    throw UnterminatedToken(kind: .escapeString, start: start)
  }

  private mutating func scanDollar() throws(UnterminatedToken) -> Token.Kind {
    let start = position
    if Byte.isDigit(peek(1)) {
      position += 1
      while Byte.isDigit(peek(0)) { position += 1 }
      return .parameter
    }
    var tagEnd = position + 1
    while tagEnd < end, bytes[tagEnd] != Byte.dollar, Byte.continuesWord(bytes[tagEnd]) { tagEnd += 1 }
    guard tagEnd < end, bytes[tagEnd] == Byte.dollar else {
      position += 1
      return .punctuation
    }
    let tag = bytes[start...tagEnd]
    position = tagEnd + 1
    while position + tag.count <= end {
      if bytes[position] == Byte.dollar, bytes[position..<position + tag.count] == tag {
        position += tag.count
        return .dollarString
      }
      position += 1
    }
    throw UnterminatedToken(kind: .dollarString, start: start)
  }

  private mutating func scanLineComment() {
    while position < end, bytes[position] != Byte.lineFeed, bytes[position] != Byte.carriageReturn { position += 1 }
  }

  private mutating func scanBlockComment() throws(UnterminatedToken) {
    let start = position
    var depth = 0
    repeat {
      if peek(0) == Byte.slash, peek(1) == Byte.asterisk {
        depth += 1
        position += 2
      } else if peek(0) == Byte.asterisk, peek(1) == Byte.slash {
        depth -= 1
        position += 2
      } else {
        position += 1
      }
      if depth == 0 { return }
    } while position < end
    throw UnterminatedToken(kind: .blockComment, start: start)
  }
}
