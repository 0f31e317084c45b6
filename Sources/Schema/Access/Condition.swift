/// A policy's expression, as far as it is taken apart: into what `AND` and `OR` join.
///
/// The text is `pg_get_expr`'s, which puts every operand of `AND` and `OR` in parentheses unless it is a single word or
/// a call.
indirect enum Condition: Hashable {
  case all([Condition])
  case any([Condition])
  case term(String)

  static let always = Condition.term("true")
  static let never = Condition.term("false")

  init(_ text: String) {
    let text = Self.withoutParentheses(Array(text.utf8))
    if let parts = Self.parts(of: text, joinedBy: " OR ") {
      self = .any(parts.map { Condition(String(decoding: $0, as: UTF8.self)) })
    } else if let parts = Self.parts(of: text, joinedBy: " AND ") {
      self = .all(parts.map { Condition(String(decoding: $0, as: UTF8.self)) })
    } else {
      self = .term(String(decoding: text, as: UTF8.self))
    }
  }

  /// Whether it is certain, by the words alone, that where this holds the other does. An expression is taken to be the
  /// same wherever it is written the same.
  func implies(_ other: Condition) -> Bool {
    if self == other || self == .never || other == .always { return true }
    if case .all(let parts) = other { return parts.allSatisfy { self.implies($0) } }
    if case .any(let parts) = self { return parts.allSatisfy { $0.implies(other) } }
    if case .all(let parts) = self, parts.contains(where: { $0.implies(other) }) { return true }
    if case .any(let parts) = other { return parts.contains { self.implies($0) } }
    return false
  }

  /// The pieces between the words that stand outside of parentheses and quotes; nil when there is no such word, or when
  /// it may be one of `BETWEEN`, `CASE` or a subquery, which are left whole.
  private static func parts(of text: [UInt8], joinedBy word: String) -> [[UInt8]]? {
    let word = Array(word.utf8)
    var parts: [[UInt8]] = []
    var start = 0
    forEachOutside(text) { index in
      guard index >= start, text[index...].starts(with: word) else { return }
      parts.append(Array(text[start..<index]))
      start = index + word.count
    }
    guard !parts.isEmpty else { return nil }
    parts.append(Array(text[start...]))
    let isWhole = parts.allSatisfy { part in
      part.first == UInt8(ascii: "(") && closing(of: part) == part.count - 1 || !part.contains(UInt8(ascii: " "))
        || isNegationOrCall(part)
    }
    return isWhole ? parts : nil
  }

  /// `(NOT (x))` is in parentheses; a call, `f(a, b)`, and `f(x).y` are not.
  private static func isNegationOrCall(_ part: [UInt8]) -> Bool {
    guard let open = part.firstIndex(of: UInt8(ascii: "(")), !part[..<open].contains(UInt8(ascii: " ")) else {
      return false
    }
    return closing(of: Array(part[open...])) == part.count - open - 1
  }

  private static func withoutParentheses(_ text: [UInt8]) -> [UInt8] {
    var text = text
    while text.first == UInt8(ascii: "("), closing(of: text) == text.count - 1 {
      text = Array(text[1..<(text.count - 1)])
    }
    return text
  }

  /// Where the parenthesis that opens the text is closed.
  private static func closing(of text: [UInt8]) -> Int? {
    var end: Int?
    var depth = 0
    forEachUnquoted(text) { index in
      if text[index] == UInt8(ascii: "(") { depth += 1 }
      if text[index] == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0, end == nil { end = index }
      }
    }
    return end
  }

  private static func forEachOutside(_ text: [UInt8], _ body: (Int) -> Void) {
    var depth = 0
    forEachUnquoted(text) { index in
      switch text[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      default: if depth == 0 { body(index) }
      }
    }
  }

  /// Doubled quotes end one literal and begin the next, which comes to the same; after a backslash within `E'...'` the
  /// server doubles quotes too.
  private static func forEachUnquoted(_ text: [UInt8], _ body: (Int) -> Void) {
    var quote: UInt8?
    for index in text.indices {
      let byte = text[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else {
        body(index)
      }
    }
  }
}
