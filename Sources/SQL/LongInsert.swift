/// An `INSERT ... VALUES` that is too long to be parsed at once, cut between its rows.
///
/// To the grammar it is right when each stretch of its rows is, between what stands before them all and what stands behind.
struct LongInsert {
  /// The stretches of the statement's bytes that make a whole statement together, for some rows after the others.
  private(set) var parts: [[Range<Int>]] = []
  private(set) var rowCount = 0

  /// - Parameters:
  ///   - range: Of the statement.
  ///   - size: What a part has of rows, in bytes, or a little more.
  /// - Returns: Nil when it is another statement, or when what is not its rows is too long by itself.
  init?(_ bytes: [UInt8], _ range: Range<Int>, size: Int) {
    var lexer = Lexer(bytes, in: range)
    guard let first = try? lexer.next(), first.isWord("insert", in: bytes) else { return nil }
    var depth = 0
    var head: Range<Int>?
    var stretches: [Range<Int>] = []
    // The rows that are in no stretch yet.
    var rows: Range<Int>?
    var tail = range.upperBound..<range.upperBound
    scanning: while let token = try? lexer.next() {
      let isOpening = token.isPunctuation(Byte.openParenthesis, in: bytes)
      if depth == 0, head != nil, !token.isComment, !isOpening {
        guard token.isPunctuation(Byte.comma, in: bytes) else {
          tail = token.range.lowerBound..<range.upperBound
          break scanning
        }
        if let done = rows, done.count >= size {
          stretches.append(done)
          rows = nil
        }
      } else if depth == 0, head == nil, token.isWord("values", in: bytes) {
        head = range.lowerBound..<token.range.upperBound
      } else if isOpening {
        if depth == 0, head != nil { rows = (rows?.lowerBound ?? token.range.lowerBound)..<token.range.upperBound }
        depth += 1
      } else if token.isPunctuation(Byte.closeParenthesis, in: bytes) {
        depth -= 1
        if depth == 0, let start = rows?.lowerBound {
          rows = start..<token.range.upperBound
          rowCount += 1
        }
      }
    }
    if let rows { stretches.append(rows) }
    guard let head, depth == 0, head.count + tail.count < size, stretches.allSatisfy({ $0.count < 2 * size }) else {
      return nil
    }
    parts = stretches.map { [head, $0, tail] }
  }
}
