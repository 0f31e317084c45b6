internal import SQL

extension Issue.Fix {
  /// Moves a statement, with the comments that belong to it, into a migration of its own that runs outside a transaction.
  ///
  /// - Parameters:
  ///   - name: The new migration's name, of words joined by underscores.
  ///   - insertion: What the statement has there and has not here, at a byte of the file.
  static func moving(
    _ statement: Statement, to name: String, with insertion: Issue.Edit, text: String, in context: StatementContext
  ) -> Issue.Fix {
    let file = context.file
    let range = file.rangeWithRemarks(of: statement)
    let at = insertion.range.lowerBound
    var moved = String(decoding: file.bytes[range.text.lowerBound..<at], as: UTF8.self) + insertion.newText
    moved += String(decoding: file.bytes[at..<range.text.upperBound], as: UTF8.self)
    return Issue.Fix(
      text: text, edits: [.init(range: range.line, newText: "")],
      newFiles: [.init(name: name, text: "\(context.noTransactionLine)\n\(moved)\n".replacing("\r\n", with: "\n"))])
  }

  /// A migration that takes the place of a statement, or follows it.
  struct Step {
    /// Of words joined by underscores.
    var name: String
    /// With its semicolons.
    var sql: String
    var isTransaction = true
  }

  /// Takes a statement out of its file, with the comments that belong to it, and has migrations of their own do the same
  /// in steps, the first of which takes the file where the statement is alone in it.
  static func replacing(
    _ statement: Statement, by steps: [Step], text: String, in context: StatementContext
  ) -> Issue.Fix {
    let file = context.file
    func contents(of step: Step) -> String {
      step.isTransaction ? "\(step.sql)\n" : "\(context.noTransactionLine)\n\(step.sql)\n"
    }
    guard file.statements.count == 1, let first = steps.first else {
      let range = file.rangeWithRemarks(of: statement)
      return Issue.Fix(
        text: text, edits: [.init(range: range.line, newText: "")],
        newFiles: steps.map { .init(name: $0.name, text: contents(of: $0)) })
    }
    let edit = Issue.Edit(range: statement.range.lowerBound..<file.end(of: statement), newText: first.sql)
    var fix =
      first.isTransaction ? Issue.Fix(text: text, edits: [edit]) : withoutTransaction(edit, text: text, in: context)
    fix.newFiles = steps.dropFirst().map { .init(name: $0.name, text: contents(of: $0)) }
    return fix
  }

  /// Makes an edit to a statement that is alone in its file, and says on the file's first line that it runs outside a
  /// transaction.
  static func withoutTransaction(_ edit: Issue.Edit, text: String, in context: StatementContext) -> Issue.Fix {
    let file = context.file
    let start = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let line = Issue.Edit(range: start..<start, newText: "\(context.noTransactionLine)\n")
    return Issue.Fix(text: text, edits: file.hasDirective ? [edit] : [line, edit])
  }
}

extension StatementContext {
  /// The first line of a migration that must not be run in a transaction, as tools of the profile understand it.
  fileprivate var noTransactionLine: String {
    let directive: Script.Directive =
      switch configuration.profile {
      case .supabase: .supabase
      case .postgres: .pgDelta
      }
    return "-- \(directive.rawValue)"
  }

  /// Whether the statement means the same in a session of its own: no earlier one in the file has set what unqualified
  /// names, ownership or the build itself depend on.
  var isIndependentOfSession: Bool {
    let setting = firstEarlier("a setting that statements depend on") { earlier in
      if case .setParameter(let set) = earlier.syntax { !set.name.hasSuffix("_timeout") } else { false }
    }
    return setting == nil
  }

  /// Whether a later statement of the file mentions one of the names, so that it may need the statement before it.
  func isNeededLater(_ statement: Statement, asAnyOf names: [String]) -> Bool {
    names.contains { name in
      let name = Self.words(name)
      guard let first = name.first else { return true }
      func isMentioned(in later: Statement) -> Bool {
        let words = Self.words(later.text)
        return words.indices.contains { words[$0...].starts(with: name) }
      }
      // Other letters may be in another case in another way.
      guard first.utf8.allSatisfy({ $0 < 0x80 }) else { return later.contains(where: isMentioned) }
      return search.statements(after: statement.range.upperBound, mentioning: String(first)).contains(
        where: isMentioned)
    }
  }

  private static func words(_ text: String) -> [Substring] {
    text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }
}

extension LintFile {
  /// Whether its first line says that it runs outside a transaction.
  var hasDirective: Bool { (try? script.get())?.directive != nil }

  /// A statement with its semicolon and the comments that belong to it: those on the lines right above, and the one that
  /// ends its line.
  ///
  /// - Returns: The text itself, and what is to be cut out for it to be gone: with its line end, and one of the two
  ///   blank lines that would be left.
  fileprivate func rangeWithRemarks(of statement: Statement) -> (text: Range<Int>, line: Range<Int>) {
    let comments = (try? script.get())?.comments ?? []
    var start = statement.range.lowerBound
    var line = startOfLine(at: start)
    if isBlank(line..<start) {
      start = line
      while line > 0 {
        let above = startOfLine(at: line - 1)
        let isRemark = comments.contains { comment in
          comment.range.lowerBound >= above && comment.range.upperBound <= line
            && isBlank(above..<comment.range.lowerBound) && bytes[comment.range.lowerBound...].starts(with: "--".utf8)
        }
        // The first line may be for the whole file.
        guard isRemark, above > 0 else { break }
        line = above
        start = above
      }
    }
    let semicolon = end(of: statement)
    let end = endOfLine(afterRemarkAt: semicolon) ?? semicolon
    var cut = start..<end
    if end < bytes.count, start == startOfLine(at: start), let next = startOfNextLine(after: end) {
      cut = start..<next
      if isBlankLine(before: start), let after = startOfNextLine(after: next), isBlank(next..<after) {
        cut = start..<after
      }
    }
    return (start..<end, cut)
  }

  private func startOfLine(at offset: Int) -> Int {
    (bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
  }

  /// Nil when a statement, and no line end, follows on the line.
  private func startOfNextLine(after offset: Int) -> Int? {
    guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")), isBlank(offset..<end) else { return nil }
    return end + 1
  }

  private func isBlankLine(before start: Int) -> Bool {
    start == 0 || isBlank(startOfLine(at: start - 1)..<start)
  }

  private func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 <= 0x20 } }
}
