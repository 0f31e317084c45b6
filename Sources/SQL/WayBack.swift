internal import Basics

/// The half of a file that undoes the other half, where one of the programs wrote it that keep both in one file.
///
/// Such a program runs one half or the other. To PostgreSQL, psql and the Supabase CLI the marks are comments, so that the
/// file makes its tables and drops them again.
struct WayBack {
  private let mark: Comment

  /// - Returns: Nil when nothing stands in that half.
  init?(in comments: [Comment], _ statements: [Statement]) {
    let marks = comments.filter { !$0.isInsideBody }
    for (up, down) in Self.marks {
      guard let first = marks.firstIndex(where: { up.matches($0.text) }),
        let mark = marks[first...].first(where: { down.matches($0.text) }),
        let last = statements.last, last.range.lowerBound >= mark.range.upperBound
      else { continue }
      self.mark = mark
      return
    }
    return nil
  }

  var refusal: SQLError {
    SQLError(
      code: .wayBack,
      message:
        "here begins the way back (\(mark.text)): all of a file is applied, so that it would undo what stands above. "
        + "Leave it out, or make two files of this one, <name>.up.sql and <name>.down.sql",
      position: mark.position)
  }

  /// Words in any case, and options after them where the program has some.
  private struct Mark {
    let words: [String]
    var takesOptions = false

    init(_ text: String, takesOptions: Bool = false) {
      words = text.split(separator: " ").map { $0.lowercased() }
      self.takesOptions = takesOptions
    }

    func matches(_ text: String) -> Bool {
      // Nearly all comments begin with another letter.
      guard let first = text.utf8.first, first | 0x20 == words[0].utf8.first.map({ $0 | 0x20 }) else { return false }
      let found = text.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
      return takesOptions ? found.starts(with: words) : found == words
    }
  }

  private static let marks = [
    (Mark("+goose up"), Mark("+goose down")),
    (Mark("migrate:up", takesOptions: true), Mark("migrate:down", takesOptions: true)),  // dbmate
    (Mark("+migrate up", takesOptions: true), Mark("+migrate down", takesOptions: true)),  // sql-migrate
    (Mark("up migration"), Mark("down migration")),  // node-pg-migrate
    (Mark("rambler up"), Mark("rambler down")),
  ]
}

extension Script {
  /// What stands before the way back of a file that `init` refuses for it; nil of any other file.
  package static func wayForth(in bytes: [UInt8]) -> [UInt8]? {
    do throws(SQLError) {
      _ = try Script(bytes)
      return nil
    } catch {
      guard error.code == .wayBack else { return nil }
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      return Array(lines.prefix(error.position.line - 1).joined(separator: [UInt8(ascii: "\n")]))
    }
  }
}
