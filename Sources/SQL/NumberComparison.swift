/// A whole number that a column is compared with or set to: `id = 42`, `owner_id in (17, 42)`.
package struct NumberComparison: Hashable, Sendable {
  /// The column's own name, as PostgreSQL stores it.
  package let column: String
  package let number: Int
  /// Of the number, of the first one of a list. In bytes of the file.
  package let range: Range<Int>
}

extension Statement {
  /// In the order of the text, those in the body of a function or a `DO` block too; found anew at each call.
  package var numberComparisons: [NumberComparison] {
    let bytes = Array(text.utf8)
    return Self.numberComparisons(in: bytes, bytes.indices, base: range.lowerBound)
  }

  private static func numberComparisons(in bytes: [UInt8], _ part: Range<Int>, base: Int) -> [NumberComparison] {
    var comparisons: [NumberComparison] = []
    var lexer = Lexer(bytes, in: part)
    var before = TokensBefore(bytes: bytes)
    while let token = try? lexer.next() {
      guard !token.isComment else { continue }
      if token.kind == .dollarString {
        comparisons += numberComparisons(in: bytes, token.dollarStringContents(in: bytes), base: base)
      } else if token.kind == .number, let column = before.comparedColumn,
        let number = Int(String(decoding: bytes[token.range], as: UTF8.self))
      {
        let range = base + token.range.lowerBound..<base + token.range.upperBound
        comparisons.append(NumberComparison(column: column, number: number, range: range))
      }
      before.take(token)
    }
    return comparisons
  }
}

/// The last few tokens before one, the nearest first.
private struct TokensBefore {
  let bytes: [UInt8]
  private var tokens: (Token?, Token?, Token?, Token?)

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func take(_ token: Token) {
    tokens = (token, tokens.0, tokens.1, tokens.2)
  }

  /// The column before `=` or `IN (`, when that is what stands before.
  var comparedColumn: String? {
    guard let last = tokens.0 else { return nil }
    if last.kind == .operator { return bytes[last.range].elementsEqual("=".utf8) ? name(tokens.1) : nil }
    guard last.isPunctuation(Byte.openParenthesis, in: bytes), tokens.1?.isWord("in", in: bytes) == true else {
      return nil
    }
    return name(tokens.2?.isWord("not", in: bytes) == true ? tokens.3 : tokens.2)
  }

  private func name(_ token: Token?) -> String? {
    guard let token else { return nil }
    let text = String(decoding: bytes[token.range], as: UTF8.self)
    switch token.kind {
    case .word: return text.lowercased()
    case .quotedWord: return String(text.dropFirst().dropLast())
    default: return nil
    }
  }
}
