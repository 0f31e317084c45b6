internal import Basics

/// Splits a script into statements, once, from its first byte to its last.
///
/// A semicolon ends a statement, but for those within `BEGIN ATOMIC ... END` and within the parentheses of
/// `CREATE RULE`. Unbalanced parentheses hide nothing: a mistake spoils its own statement only.
struct Splitter {
  private let bytes: [UInt8]
  private let start: Int
  private var lexer: Lexer

  private(set) var pieces: [Piece] = []
  private(set) var comments: [FoundComment] = []
  private(set) var tolerated: [Range<Int>] = []

  struct FoundComment {
    let range: Range<Int>
    let isInsideBody: Bool
  }

  // The statement that is being read; its range is nil between statements.
  private var range: Range<Int>?
  private var head = StatementHead()
  private var nesting = NestingGauge()
  /// Of `BEGIN ATOMIC` and the `CASE`s within it.
  private var atomicDepth = 0
  private var previous: Token?
  private var readsFromClient = false

  /// - Parameter start: The first byte after a byte order mark.
  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    self.start = start
    lexer = Lexer(bytes, in: start..<bytes.count)
  }

  mutating func run() throws(SplitFailure) {
    while let token = try nextToken() {
      if token.isComment {
        comments.append(FoundComment(range: token.range, isInsideBody: false))
      } else if token.isPunctuation(Byte.semicolon, in: bytes), endsStatement {
        try finish()
      } else if try !tolerate(token) {
        try take(token)
      }
    }
    try finish()
  }

  private mutating func nextToken() throws(SplitFailure) -> Token? {
    do throws(UnterminatedToken) {
      return try lexer.next()
    } catch {
      throw SplitFailure(unterminated: error)
    }
  }

  private var endsStatement: Bool {
    atomicDepth == 0 && !(head.kind == .rule && nesting.openBrackets > 0)
  }

  // MARK: Statements

  private mutating func take(_ token: Token) throws(SplitFailure) {
    try refuseTemplate(token)
    range = (range?.lowerBound ?? token.range.lowerBound)..<token.range.upperBound
    head.take(token, in: bytes)
    nesting.take(token, in: bytes)
    switch head.kind {
    case .routine:
      followAtomicBody(token)
      findComments(inBody: token)
    case .doBlock:
      findComments(inBody: token)
    case .copy:
      if token.isWord("stdin", in: bytes), previous?.isWord("from", in: bytes) == true { readsFromClient = true }
    case .rule, .other: break
    }
    previous = token
  }

  private mutating func finish() throws(SplitFailure) {
    defer {
      range = nil
      head = StatementHead()
      nesting = NestingGauge()
      atomicDepth = 0
      previous = nil
      readsFromClient = false
    }
    guard let range else { return }
    var piece = Piece(range: range, copyData: nil, nesting: nesting.maximum)
    if readsFromClient { piece.copyData = try takeCopyData(of: range) }
    pieces.append(piece)
  }

  /// `END` ends the body and each `CASE` in it; after `AS` and a dot the three words are names.
  private mutating func followAtomicBody(_ token: Token) {
    guard token.kind == .word, let previous else { return }
    if previous.isWord("as", in: bytes) || previous.isPunctuation(Byte.dot, in: bytes) { return }
    if atomicDepth == 0 {
      if token.isWord("atomic", in: bytes), previous.isWord("begin", in: bytes) { atomicDepth = 1 }
    } else if token.isWord("case", in: bytes) {
      atomicDepth += 1
    } else if token.isWord("end", in: bytes) {
      atomicDepth -= 1
    }
  }

  private mutating func findComments(inBody token: Token) {
    guard token.kind == .dollarString else { return }
    var body = Lexer(bytes, in: token.dollarStringContents(in: bytes))
    // A body in another language than SQL may have quotes of another kind, and then its comments are not ours either.
    while let token = try? body.next() {
      if token.isComment { comments.append(FoundComment(range: token.range, isInsideBody: true)) }
    }
  }

  // MARK: What is no SQL

  /// The lines after `COPY ... FROM stdin;` up to `\.`, which the lexer never sees.
  private mutating func takeCopyData(of statement: Range<Int>) throws(SplitFailure) -> Range<Int> {
    let restOfLine = line(from: lexer.position)
    if let other = bytes[restOfLine].firstIndex(where: { !Byte.isBlank($0) }) {
      throw SplitFailure(
        .copyData, at: other, "the data of COPY ... FROM stdin begins on the line after it, and so must this")
    }
    let start = min(restOfLine.upperBound + 1, bytes.count)
    var position = start
    while position < bytes.count {
      let line = line(from: position)
      if bytes[line].elementsEqual([Byte.backslash, Byte.dot])
        || bytes[line].elementsEqual([Byte.backslash, Byte.dot, Byte.carriageReturn])
      {
        lexer.position = min(line.upperBound + 1, bytes.count)
        return start..<position
      }
      position = line.upperBound + 1
    }
    throw SplitFailure(
      .unterminated, at: statement.lowerBound,
      #"the data of this COPY ... FROM stdin never ends: end it with a line of \. alone"#)
  }

  /// Leaves out a line of psql's that does nothing to the database, and refuses every other.
  private mutating func tolerate(_ token: Token) throws(SplitFailure) -> Bool {
    guard token.isPunctuation(Byte.backslash, in: bytes) else { return false }
    let rest = line(from: token.range.lowerBound)
    let command = bytes[rest].dropFirst().prefix { Byte.isLetter($0) || $0 == UInt8(ascii: "_") }
    let name = String(decoding: command, as: UTF8.self)
    let before = bytes[start..<token.range.lowerBound].last { $0 == Byte.lineFeed || !Byte.isBlank($0) }
    let startsLine = before == nil || before == Byte.lineFeed
    if ["restrict", "unrestrict"].contains(name), range == nil, startsLine {
      let trimmed = bytes[rest].reversed().drop(while: Byte.isBlank).count
      tolerated.append(rest.lowerBound..<rest.lowerBound + trimmed)
      lexer.position = rest.upperBound
      return true
    }
    // A backslash in the middle of a statement is a mistake in that one, which the parser explains better.
    guard startsLine || !name.isEmpty else { return false }
    let text = command.isEmpty ? bytes[rest].prefix(2) : bytes[rest].prefix(1 + command.count)
    throw SplitFailure(
      .metaCommand, at: token.range.lowerBound,
      "\(String(decoding: text, as: UTF8.self)) is a command of psql, not SQL: \(Self.remedy(for: name))")
  }

  private static func remedy(for command: String) -> String {
    switch command {
    case "i", "ir", "include", "include_relative": "write the statements of that file here"
    case "copy": "write COPY ... FROM stdin with the data below it, or INSERT"
    case "set", "gset", "if", "elif", "else", "endif": "write the value itself, or compute it in a DO block"
    case "gexec": "compute and execute it in a DO block"
    case "c", "connect": "a migration runs in the database that it is applied to, so remove the line"
    default: "remove it"
    }
  }

  private func refuseTemplate(_ token: Token) throws(SplitFailure) {
    guard [.quotedWord, .punctuation, .operator].contains(token.kind) else { return }
    // Within a quoted name too; in a string, braces may be what is meant.
    let start = token.range.lowerBound + (token.kind == .quotedWord ? 1 : 0)
    guard let closing = closingMark(ofTemplateAt: start) else { return }
    let text = String(decoding: bytes[line(from: start)].prefix(40), as: UTF8.self)
    let placeholder = text.firstRange(of: closing).map { String(text[..<$0.upperBound]) } ?? "\(text)…"
    throw SplitFailure(
      .template, at: token.range.lowerBound,
      "\(placeholder) is a placeholder of a template, which some program fills in before it applies the file: "
        + "apply its output instead")
  }

  private func closingMark(ofTemplateAt start: Int) -> String? {
    guard start + 2 < bytes.count else { return nil }
    return switch (bytes[start], bytes[start + 1]) {
    case (Byte.openBrace, Byte.openBrace): "}}"
    case (Byte.openBrace, Byte.percent): "%}"
    case (Byte.dollar, Byte.openBrace): "}"
    // Without the equals sign it is an operator of pg_trgm's.
    case (UInt8(ascii: "<"), Byte.percent) where bytes[start + 2] == UInt8(ascii: "="): "%>"
    default: nil
    }
  }

  /// To the end of the line, without the line feed.
  private func line(from position: Int) -> Range<Int> {
    position..<(bytes[position...].firstIndex(of: Byte.lineFeed) ?? bytes.count)
  }
}

/// Why a script cannot be split, with a place in bytes.
struct SplitFailure: Error {
  let code: SQLError.Code
  let offset: Int
  let message: String

  init(_ code: SQLError.Code, at offset: Int, _ message: String) {
    self.code = code
    self.offset = offset
    self.message = message
  }

  init(unterminated token: UnterminatedToken) {
    let what =
      switch token.kind {
      case .quotedWord: "a quoted name begins here and never ends"
      case .blockComment: "a comment begins here and never ends: */ is missing"
      case .dollarString: "a dollar-quoted string begins here and never ends: the same tag again is missing"
      default: "a string begins here and never ends"
      }
    self.init(.unterminated, at: token.start, what)
  }
}

extension Token {
  /// Between the tags; this must be a dollar-quoted string.
  func dollarStringContents(in bytes: [UInt8]) -> Range<Int> {
    let tag = bytes[range].dropFirst().prefix { $0 != Byte.dollar }.count + 2
    return range.lowerBound + tag..<range.upperBound - tag
  }
}
