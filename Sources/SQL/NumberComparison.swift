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
    let list = TokenList(bytes, in: part)
    return list.tokens.indices.flatMap { index -> [NumberComparison] in
      let token = list.tokens[index]
      if token.kind == .dollarString {
        return numberComparisons(in: bytes, token.dollarStringContents(in: bytes), base: base)
      }
      guard token.kind == .number, let number = Int(String(decoding: bytes[token.range], as: UTF8.self)),
        let column = list.column(comparedAt: index)
      else { return [] }
      let range = base + token.range.lowerBound..<base + token.range.upperBound
      return [NumberComparison(column: column, number: number, range: range)]
    }
  }
}

extension TokenList {
  /// The column before `=` or `IN (`, when that is what stands before the token.
  fileprivate func column(comparedAt index: Int) -> String? {
    guard index >= 2 else { return nil }
    if tokens[index - 1].kind == .operator, bytes[tokens[index - 1].range].elementsEqual("=".utf8) {
      return name(at: index - 2)
    }
    guard index >= 3, isPunctuation(Byte.openParenthesis, at: index - 1), isWord("in", at: index - 2) else {
      return nil
    }
    return name(at: isWord("not", at: index - 3) && index >= 4 ? index - 4 : index - 3)
  }

  private func name(at index: Int) -> String? {
    let text = String(decoding: bytes[tokens[index].range], as: UTF8.self)
    switch tokens[index].kind {
    case .word: return text.lowercased()
    case .quotedWord: return String(text.dropFirst().dropLast())
    default: return nil
    }
  }
}
