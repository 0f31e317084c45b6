/// The statements inside a PL/pgSQL body that an adaptation may have to change: those that begin with certain words, and
/// those that the body itself puts together.
///
/// PL/pgSQL itself is not parsed. None of these sequences of words can stand anywhere else in it but at the beginning
/// of a statement, once strings, quoted names and comments are left out; and the statement ends at the next semicolon.
struct BlockStatements {
  struct Part: Equatable {
    /// In bytes of the body, without the semicolon.
    let range: Range<Int>
    /// Whether it is not a statement, but the expression of one: what EXECUTE is given, without INTO and USING.
    let isExecuted: Bool
  }

  /// Ascending.
  private(set) var parts: [Part] = []

  private static let beginnings: [[String]] = [
    ["create", "event", "trigger"], ["alter", "event", "trigger"], ["drop", "event", "trigger"],
    ["create", "foreign", "data", "wrapper"], ["alter", "foreign", "data", "wrapper"],
    ["create", "publication"], ["alter", "publication"], ["create", "extension"], ["alter", "extension"],
    ["create", "role"], ["create", "user"], ["alter", "role"], ["alter", "user"], ["drop", "role"], ["drop", "user"],
    ["alter", "database"], ["alter", "default", "privileges"], ["alter", "table"], ["alter", "view"],
    ["alter", "materialized", "view"], ["alter", "sequence"], ["alter", "function"], ["alter", "procedure"],
    ["alter", "schema"], ["alter", "type"], ["alter", "domain"],
  ]

  init(_ body: [UInt8]) {
    var lexer = BodyLexer(body)
    var words: [(text: String, start: Int)] = []
    var start: Int?
    /// Where the expression of an EXECUTE begins.
    var expression: Int?
    /// Whether a statement may begin here.
    var isBeginning = true
    while let token = lexer.next() {
      switch token {
      case .word(let text, let offset):
        if let begin = expression {
          guard ["into", "using"].contains(text) else { continue }
          parts.append(Part(range: begin..<offset, isExecuted: true))
          expression = nil
        }
        guard start == nil else { continue }
        if isBeginning, text == "execute" {
          expression = offset + text.utf8.count
          words = []
        } else {
          words.append((text, offset))
          if words.count > 4 { words.removeFirst() }
          start = Self.start(of: words)
        }
        isBeginning = ["begin", "then", "else", "loop"].contains(text)
      case .semicolon(let offset):
        if let start { parts.append(Part(range: start..<offset, isExecuted: false)) }
        if let expression { parts.append(Part(range: expression..<offset, isExecuted: true)) }
        start = nil
        expression = nil
        words = []
        isBeginning = true
      case .other:
        if start == nil { words = [] }
        isBeginning = false
      }
    }
  }

  private static func start(of words: [(text: String, start: Int)]) -> Int? {
    for beginning in beginnings where words.suffix(beginning.count).map(\.text) == beginning {
      return words[words.count - beginning.count].start
    }
    return nil
  }
}

/// Splits a PL/pgSQL body into words, semicolons and everything else; passes over blanks and comments.
private struct BodyLexer {
  enum Token {
    /// In lowercase, with the offset of its first byte.
    case word(String, Int)
    case semicolon(Int)
    /// A string, a quoted name or a sign.
    case other
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func next() -> Token? {
    skipBlanks()
    guard position < bytes.count else { return nil }
    let start = position
    switch bytes[position] {
    case UInt8(ascii: ";"):
      position += 1
      return .semicolon(start)
    case UInt8(ascii: "'"):
      let isEscaped = start > 0 && (bytes[start - 1] | 0x20) == UInt8(ascii: "e")
      skipQuoted(UInt8(ascii: "'"), backslash: isEscaped)
      return .other
    case UInt8(ascii: "\""):
      skipQuoted(UInt8(ascii: "\""), backslash: false)
      return .other
    case UInt8(ascii: "$"):
      skipDollarQuoted()
      return .other
    case let byte where Self.isWord(byte):
      while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
      return .word(String(decoding: bytes[start..<position], as: UTF8.self).lowercased(), start)
    default:
      position += 1
      return .other
    }
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      if [9, 10, 11, 12, 13, 32].contains(bytes[position]) {
        position += 1
      } else if has("--") {
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      } else if has("/*") {
        skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() {
    var depth = 0
    while position < bytes.count {
      if has("/*") {
        depth += 1
        position += 2
      } else if has("*/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
  }

  /// A doubled quote ends one string and begins the next, which comes to the same.
  private mutating func skipQuoted(_ quote: UInt8, backslash: Bool) {
    position += 1
    while position < bytes.count, bytes[position] != quote {
      position += backslash && bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position = min(position + 1, bytes.count)
  }

  private mutating func skipDollarQuoted() {
    var end = position + 1
    while end < bytes.count, Self.isWord(bytes[end]), bytes[end] != UInt8(ascii: "$") { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
      position += 1
      return
    }
    let tag = bytes[position...end]
    position = end + 1
    while position < bytes.count, !bytes[position...].starts(with: tag) { position += 1 }
    position = min(position + tag.count, bytes.count)
  }

  private func has(_ mark: StaticString) -> Bool {
    position + 1 < bytes.count && bytes[position] == mark.utf8Start[0] && bytes[position + 1] == mark.utf8Start[1]
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...:
      true
    default: false
    }
  }
}
