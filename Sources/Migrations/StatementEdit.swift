internal import Basics
internal import SQL

/// One statement that a file has lost or won since it was applied.
package enum StatementEdit: Hashable, Sendable {
  case removed(String)
  case added(String)
}

extension StatementEdit {
  /// What has become of a file since it was applied.
  enum Change: Hashable {
    case none
    /// White space or comments.
    case formatting
    case statements([StatementEdit])

    /// - Parameter checksum: Of the file as it was applied, if that is known.
    init(of migration: Migration, since entry: HistoryEntry, checksum: Digest?) {
      if checksum == migration.checksum {
        self = .none
        return
      }
      // A history without statements, or from before the column was there, is no evidence of anything.
      guard let applied = entry.statements, !applied.isEmpty else {
        self = checksum == nil ? .none : .statements([])
        return
      }
      if checksum == nil, migration.bytes.consist(of: applied) {
        self = .none
        return
      }
      let now = NormalForm(migration.bytes)
      let then = NormalForm(Array((applied.joined(separator: ";\n") + "\n").utf8))
      if now.normalized != then.normalized {
        self = .statements(then.edits(to: now))
      } else {
        self = checksum == nil && now.historyStatements == applied ? .none : .formatting
      }
    }

    var isEdit: Bool {
      if case .statements = self { true } else { false }
    }

    var edits: [StatementEdit] {
      if case .statements(let edits) = self { edits } else { [] }
    }
  }
}

extension [UInt8] {
  /// Whether a file is some statements in order and nothing else, semicolons and white space aside. That is so for nearly
  /// every file of a history, and much quicker to see than by parsing a thousand of them. A no may be wrong.
  fileprivate func consist(of statements: [String]) -> Bool {
    var rest = self[...]
    func skipsSemicolon() -> Bool {
      let end = rest.firstIndex { $0 != UInt8(ascii: ";") && $0 != 32 && !(9...13).contains($0) } ?? rest.endIndex
      let skipped = rest[..<end]
      rest = rest[end...]
      return skipped.contains(UInt8(ascii: ";"))
    }
    var isSeparated = true
    _ = skipsSemicolon()
    for statement in statements {
      guard isSeparated, statement.isPlainlyWhole, rest.starts(with: statement.utf8) else { return false }
      rest = rest.dropFirst(statement.utf8.count)
      // What was applied as one element may end with its semicolon.
      isSeparated = skipsSemicolon() || statement.utf8.last == UInt8(ascii: ";")
    }
    return rest.isEmpty
  }
}

extension String {
  /// Whether a semicolon after this statement is sure to end it: no quotation or comment is open then, as one is where
  /// somebody else's splitter took a semicolon in a string for an end.
  fileprivate var isPlainlyWhole: Bool {
    var (apostrophes, quotes, openings, endings) = (0, 0, 0, 0)
    var isInLineComment = false
    var previous: UInt8 = 0
    for byte in utf8 {
      switch (previous, byte) {
      case (_, UInt8(ascii: "'")): apostrophes += 1
      case (_, UInt8(ascii: "\"")): quotes += 1
      case (_, UInt8(ascii: "$")), (_, UInt8(ascii: "\\")): return false
      case (UInt8(ascii: "/"), UInt8(ascii: "*")): openings += 1
      case (UInt8(ascii: "*"), UInt8(ascii: "/")): endings += 1
      case (UInt8(ascii: "-"), UInt8(ascii: "-")): isInLineComment = true
      case (_, UInt8(ascii: "\n")): isInLineComment = false
      default: break
      }
      previous = byte
    }
    return !utf8.isEmpty && apostrophes % 2 == 0 && quotes % 2 == 0 && openings == endings && !isInLineComment
  }
}
