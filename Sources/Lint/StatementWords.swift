internal import SQL

/// One word of a statement: a keyword or an unquoted name.
struct StatementWord {
  /// In lowercase.
  var text: String
  /// In bytes of the file.
  var range: Range<Int>
}

extension LintFile {
  /// The words that a statement, or a part of one, begins with, up to the first byte that is neither in a word nor
  /// blank nor in a comment: enough to find where a guard goes.
  func words(of statement: Statement, from start: Int? = nil) -> [StatementWord] {
    var words: [StatementWord] = []
    var offset = start ?? statement.range.lowerBound
    while let next = firstByteOfSQL(from: offset), next < statement.range.upperBound {
      let word = bytes[next..<statement.range.upperBound].prefix {
        Self.isWordByte($0)
      }
      guard !word.isEmpty else { break }
      words.append(
        StatementWord(text: String(decoding: word, as: UTF8.self).lowercased(), range: word.startIndex..<word.endIndex))
      offset = word.endIndex
    }
    return words
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
