package import Basics
package import Postgres
internal import SQL

/// Why a migration could not be applied, and where in its file.
package struct ApplyFailure: Error, Sendable {
  package enum Cause: Sendable {
    /// The file cannot be split into statements, or says something that cannot be carried out.
    case file(String)
    case postgres(PostgresError)
  }

  /// The migration's path.
  package let path: String
  /// 0-based; nil when no statement of the file is to blame: the connection, the COMMIT, the history row.
  package let statementIndex: Int?
  /// The place in the file: that of the error, else of its statement.
  package let position: SourcePosition?
  package let cause: Cause

  package init(path: String, statementIndex: Int? = nil, position: SourcePosition? = nil, cause: Cause) {
    self.path = path
    self.statementIndex = statementIndex
    self.position = position
    self.cause = cause
  }

  /// The server's or connection's error, when it was one.
  package var postgres: PostgresError? {
    if case .postgres(let error) = cause { error } else { nil }
  }

  /// What happened, without the place.
  package var message: String {
    switch cause {
    case .file(let message): message
    case .postgres(let error): error.description
    }
  }
}

extension ApplyFailure: CustomStringConvertible {
  /// `supabase/migrations/1_a.sql:3:8: relation "x" does not exist (42P01)`
  package var description: String {
    "\(path)\(position.map { ":\($0)" } ?? ""): \(message)"
  }
}

extension ApplyFailure {
  /// The failure of a statement that was sent as `sent`, mapped back to the place in the file.
  init(_ error: PostgresError, path: String, statement index: Int, of script: Script, sent: String) {
    let statement = script.statements[index]
    let offset =
      error.position.flatMap { Self.byteOffset(ofCharacter: $0, in: sent, writtenAs: statement.text) }
      ?? Self.byteOffset(inBlockOf: statement, sent: sent, context: error.context)
    self.init(
      path: path, statementIndex: index,
      position: offset.map { script.lines.position(ofByte: statement.range.lowerBound + $0) } ?? statement.position,
      cause: .postgres(error))
  }

  /// Where the line of a DO block at which it failed begins, in bytes of the statement.
  ///
  /// Nil for other statements, and when an adaptation changed the block before that line.
  private static func byteOffset(inBlockOf statement: Statement, sent: String, context: String?) -> Int? {
    // The innermost call comes first, the block's own last.
    guard case .doBlock(let block) = statement.syntax,
      let match = context?.matches(of: /inline_code_block line ([0-9]+)/).last, let number = Int(match.1),
      let body = statement.text.firstRange(of: block.body)
    else { return nil }
    let lines = block.body.split(separator: "\n", omittingEmptySubsequences: false)
    guard (1...lines.count).contains(number) else { return nil }
    let before = block.body[..<lines[number - 1].startIndex]
    guard sent.contains(before) else { return nil }
    let indentation = lines[number - 1].prefix { $0 == " " || $0 == "\t" }
    return statement.text[..<body.lowerBound].utf8.count + before.utf8.count + indentation.utf8.count
  }

  /// Where a 1-based character of what was sent is in what was written, in bytes.
  ///
  /// Nil when an adaptation changed the text before that character: then nobody knows.
  private static func byteOffset(ofCharacter character: Int, in sent: String, writtenAs text: String) -> Int? {
    let prefix = sent.unicodeScalars.prefix(max(0, character - 1))
    guard prefix.count == character - 1, text.unicodeScalars.starts(with: prefix) else { return nil }
    return String(prefix).utf8.count
  }
}
