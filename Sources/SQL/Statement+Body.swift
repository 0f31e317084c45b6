extension Statement {
  /// The body of the function, the procedure or the `DO` block that the statement makes or runs, between its quotes, in
  /// bytes of the file; nil where there is none in quotes.
  package var body: Range<Int>? {
    let bytes = Array(text.utf8)
    let list = TokenList(bytes, in: bytes.indices)
    var start = 0
    if case .createFunction = syntax {
      while let word = list.index(of: "as", from: start) {
        start = word + 1
        if list.tokens.indices.contains(start), list.tokens[start].isString { break }
      }
      guard start > 0 else { return nil }
    } else {
      guard case .doBlock = syntax else { return nil }
      start = list.tokens.firstIndex(where: \.isString) ?? list.tokens.count
    }
    guard list.tokens.indices.contains(start), list.tokens[start].isString else { return nil }
    let contents = list.tokens[start].stringContents(in: bytes)
    return range.lowerBound + contents.lowerBound..<range.lowerBound + contents.upperBound
  }
}
