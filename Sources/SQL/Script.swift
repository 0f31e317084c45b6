package import Basics

/// A file of SQL, split into statements and parsed, once.
///
/// A statement that the parser does not know is kept as text (``Syntax/unparsed(_:)``) and does not spoil its
/// neighbours. What no server could make sense of, and what only psql or a template engine could, is refused.
package struct Script: Sendable {
  /// The bytes of the file, a byte order mark included; all offsets are into these.
  package let bytes: [UInt8]
  /// The lines of ``bytes``.
  package let lines: LineIndex
  /// In the order of the file; empty for a file of blanks and comments.
  package let statements: [Statement]
  /// In the order of the file, those inside bodies of functions and `DO` blocks among them.
  package let comments: [Comment]
  /// Lines that are no SQL and that are left out, as pg_dump's `\restrict`, in the order of the file.
  package let tolerated: [Tolerated]

  /// A line that is no SQL and harms nobody.
  package struct Tolerated: Hashable, Sendable {
    /// The whole line, as `\restrict 3Kx...`, without its end.
    package let text: String
    /// In bytes of the file.
    package let range: Range<Int>
    package let position: SourcePosition
  }

  /// Takes about 0.3 s for each MB of ordinary statements and core, nearly all of it in libpg_query.
  /// - Throws: `.notText`, `.unterminated`, `.copyData`, `.metaCommand`, `.template`, `.wayBack`.
  package init(_ bytes: [UInt8]) throws(SQLError) {
    let lines = LineIndex(bytes)
    func refusal(_ code: SQLError.Code, at offset: Int, _ message: String) -> SQLError {
      SQLError(code: code, message: message, position: lines.position(ofByte: offset))
    }
    if let (offset, message) = Self.reasonNotText(bytes) {
      throw refusal(.notText, at: offset, message)
    }
    let start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    let beginning = PositionCursor(bytes, from: start, at: lines.position(ofByte: start))
    var splitter = Splitter(bytes, from: start)
    do throws(SplitFailure) {
      try splitter.run()
    } catch {
      var message = error.message
      if error.code == .unterminated, let earlier = Self.mistake(in: splitter.pieces, of: bytes, at: beginning) {
        message += "; look at line \(earlier.position.line) first: \(earlier.message)"
      }
      throw refusal(error.code, at: error.offset, message)
    }

    self.bytes = bytes
    self.lines = lines
    statements = Parser(bytes).statements(splitter.pieces, positions: beginning)
    var positions = beginning
    comments = splitter.comments.map { comment in
      Comment(comment, in: bytes, at: positions.position(ofByte: comment.range.lowerBound))
    }
    if let failure = WayBack(in: comments, statements)?.refusal { throw failure }
    positions = beginning
    tolerated = splitter.tolerated.map { range in
      Tolerated(
        text: String(decoding: bytes[range], as: UTF8.self), range: range,
        position: positions.position(ofByte: range.lowerBound))
    }
  }

  /// The whole file, a byte order mark left out.
  package var text: String {
    String(
      decoding: bytes.dropFirst(bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0), as: UTF8.self)
  }

  /// A string without an end is mostly the fault of one before it that ended too early, as `'Goodhart\'s law'` does.
  private static func mistake(in pieces: [Piece], of bytes: [UInt8], at beginning: PositionCursor) -> SyntaxError? {
    Parser(bytes).statements(pieces, positions: beginning).lazy.compactMap { statement in
      if case .unparsed(let error) = statement.syntax { error } else { nil }
    }.first
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func reasonNotText(_ bytes: [UInt8]) -> (offset: Int, message: String)? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return (0, "the file is UTF-16, which PostgreSQL does not read: save it as UTF-8")
    }
    if let offset = bytes.firstIndex(of: 0) {
      return (offset, "there is a NUL byte here: the file is binary, not SQL")
    }
    if let offset = bytes.offsetOfInvalidUTF8 {
      return (offset, "this byte is not UTF-8: save the file as UTF-8")
    }
    return nil
  }
}
