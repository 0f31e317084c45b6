import SQL

/// The text of each statement.
func texts(_ sql: String) throws -> [String] {
  try Script(Array(sql.utf8)).statements.map(\.text)
}

/// What the one statement of the text does.
func syntax(_ sql: String) throws -> Syntax {
  let script = try Script(Array(sql.utf8))
  guard script.statements.count == 1 else { throw NotOneStatement(count: script.statements.count) }
  return script.statements[0].syntax
}

struct NotOneStatement: Error {
  let count: Int
}

/// The error with which the text is refused; nil when it is not.
func refusal(_ bytes: [UInt8]) -> SQLError? {
  do throws(SQLError) {
    _ = try Script(bytes)
    return nil
  } catch {
    return error
  }
}

func refusal(_ sql: String) -> SQLError? {
  refusal(Array(sql.utf8))
}

extension Script {
  /// The file's text in a range.
  func source(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
