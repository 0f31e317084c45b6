/// The tokens of one statement, comments left out: for what the parse tree does not say.
struct TokenList {
  let bytes: [UInt8]
  /// In the order of the text.
  let tokens: [Token]

  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    var lexer = Lexer(bytes, in: range)
    var tokens: [Token] = []
    // The splitter has been here before: nothing in a statement is unterminated.
    while let token = try? lexer.next() {
      if !token.isComment { tokens.append(token) }
    }
    self.tokens = tokens
  }

  /// The index of the first token that starts at the offset or after it.
  func index(at offset: Int) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].range.lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func isWord(_ word: StaticString, at index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].isWord(word, in: bytes)
  }

  func isPunctuation(_ byte: UInt8, at index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].isPunctuation(byte, in: bytes)
  }

  /// The index of the first of the words, outside all brackets that open after `start`, before `end` and before the
  /// bracket closes in which `start` is.
  func index(of word: StaticString, from start: Int, to end: Int? = nil) -> Int? {
    var depth = 0
    for index in start..<min(end ?? tokens.count, tokens.count) {
      depth += change(at: index)
      if depth < 0 { return nil }
      if depth == 0, isWord(word, at: index) { return index }
    }
    return nil
  }

  /// The end of the list's element that begins at `start`: the index of the comma or closing bracket after it, or the
  /// number of tokens.
  func endOfElement(from start: Int) -> Int {
    var depth = 0
    for index in start..<max(start, tokens.count) {
      depth += change(at: index)
      if depth < 0 || depth == 0 && isPunctuation(Byte.comma, at: index) { return index }
    }
    return tokens.count
  }

  /// From the first token to the last one before `end`, in bytes; nil when there is none.
  func range(from start: Int, to end: Int) -> Range<Int>? {
    guard start < end, end <= tokens.count else { return nil }
    return tokens[start].range.lowerBound..<tokens[end - 1].range.upperBound
  }

  /// Between the parenthesis at `start` and the one that closes it, in bytes.
  func contentsOfParentheses(at start: Int) -> Range<Int>? {
    closingParenthesis(of: start).flatMap { range(from: start + 1, to: $0) }
  }

  /// The index of the parenthesis that closes the one at `start`.
  func closingParenthesis(of start: Int) -> Int? {
    guard isPunctuation(Byte.openParenthesis, at: start) else { return nil }
    var depth = 0
    for index in start..<tokens.count {
      depth += change(at: index)
      if depth == 0 { return index }
    }
    return nil
  }

  private func change(at index: Int) -> Int {
    let token = tokens[index]
    guard token.kind == .punctuation else { return 0 }
    switch bytes[token.range.lowerBound] {
    case Byte.openParenthesis, Byte.openBracket: return 1
    case Byte.closeParenthesis, Byte.closeBracket: return -1
    default: return 0
    }
  }
}
