/// A stretch of a script that is one statement, before it is parsed.
struct Piece {
  /// As ``Statement/range``.
  var range: Range<Int>
  /// As ``Statement/copyData``.
  var copyData: Range<Int>?
  /// More than the depth of the statement's parse tree.
  var nesting: Int
}

/// The first words of a statement, as far as they decide how it is split.
struct StatementHead {
  private enum State {
    case start, create, createOr, createOrReplace, decided
  }

  enum Kind {
    case copy
    /// `CREATE RULE`, whose actions are separated by semicolons within parentheses.
    case rule
    /// `CREATE FUNCTION` or `PROCEDURE`, whose body may be statements between `BEGIN ATOMIC` and `END`.
    case routine
    case doBlock
    case other
  }

  private(set) var kind = Kind.other
  private var state = State.start

  /// Takes the next token of the statement that is no comment.
  mutating func take(_ token: Token, in bytes: [UInt8]) {
    guard state != .decided else { return }
    func isWord(_ word: StaticString) -> Bool { token.isWord(word, in: bytes) }
    switch state {
    case .start where isWord("create"): state = .create
    case .create where isWord("or"): state = .createOr
    case .createOr where isWord("replace"): state = .createOrReplace
    case .create where isWord("rule"), .createOrReplace where isWord("rule"): decide(.rule)
    case .create where isWord("function") || isWord("procedure"),
      .createOrReplace where isWord("function") || isWord("procedure"):
      decide(.routine)
    case .start where isWord("copy"): decide(.copy)
    case .start where isWord("do"): decide(.doBlock)
    default: decide(.other)
    }
  }

  private mutating func decide(_ kind: Kind) {
    self.kind = kind
    state = .decided
  }
}

extension Token {
  /// Whether this is the unquoted word, in any case.
  /// - Parameter word: In lowercase ASCII.
  func isWord(_ word: StaticString, in bytes: [UInt8]) -> Bool {
    guard kind == .word, range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      for (letter, byte) in zip(letters, bytes[range]) where byte | 0x20 != letter { return false }
      return true
    }
  }

  /// Whether this is the single character, outside quotes.
  func isPunctuation(_ byte: UInt8, in bytes: [UInt8]) -> Bool {
    kind == .punctuation && bytes[range.lowerBound] == byte
  }
}
