internal import Basics
internal import SQL

/// A file with the edits of its findings made, in the file's own line ends.
package struct FixedFile: Sendable {
  package let bytes: [UInt8]
  /// The findings whose edits were all made. Findings with edits that are not here overlap with one of these; they
  /// can be had by linting and fixing the result again. What else their fixes ask for is for the ``Fixer``.
  package let fixed: [Finding]

  /// - Parameter findings: Any; those of other files, and those without edits, are left alone.
  package init(_ file: LintFile, findings: [Finding]) {
    var accepted: [(range: Range<Int>, newText: String)] = []
    var fixed: [Finding] = []
    // What moves a statement elsewhere goes first: a guard around the statement would hide it.
    let isMoving = { (finding: Finding) in finding.fix?.newFiles.isEmpty == false ? 0 : 1 }
    for finding in findings.sorted(by: { (isMoving($0), $0) < (isMoving($1), $1) }) {
      guard let edits = finding.fix?.edits, !edits.isEmpty, edits.allSatisfy({ $0.file == file.path }) else { continue }
      let replacements = edits.map { edit in
        (range: file.lines.byte(of: edit.start)..<file.lines.byte(of: edit.end), newText: edit.newText)
      }
      guard replacements.allSatisfy({ new in !accepted.contains { Self.overlap(new.range, $0.range) } }) else {
        continue
      }
      accepted += replacements
      fixed.append(finding)
    }
    self.fixed = fixed

    var bytes: [UInt8] = []
    var offset = 0
    // A stable order: what several findings insert at one place stays in the order of the findings.
    for (_, edit) in accepted.enumerated().sorted(by: {
      ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
        < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
    }) {
      bytes += file.bytes[offset..<edit.range.lowerBound]
      bytes += file.inOwnLineEnds(edit.newText)
      offset = edit.range.upperBound
    }
    self.bytes = bytes + file.bytes[offset...]
  }

  private static func overlap(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    a == b ? !a.isEmpty : a.lowerBound < b.upperBound && b.lowerBound < a.upperBound
  }
}

extension LintFile {
  /// Whether its first line ends with CR LF.
  var usesCRLF: Bool {
    bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 > 0 && bytes[$0 - 1] == UInt8(ascii: "\r") } ?? false
  }

  /// The bytes of a text, whatever its line ends are, with those of the file.
  func inOwnLineEnds(_ text: String) -> [UInt8] {
    let text = text.replacing("\r\n", with: "\n")
    return Array((usesCRLF ? text.replacing("\n", with: "\r\n") : text).utf8)
  }

  /// The offset just past the semicolon that ends a statement, or past the statement where there is none.
  func end(of statement: Statement) -> Int {
    let end = statement.range.upperBound
    guard let next = firstByteOfSQL(from: end), bytes[next] == UInt8(ascii: ";") else { return end }
    return next + 1
  }

  /// The offset of the end of the line, the line end left out, when nothing but blanks or a `--` comment is between.
  func endOfLine(afterRemarkAt offset: Int) -> Int? {
    let rest = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let remark = rest.drop { $0 == 0x20 || $0 == 0x09 }
    return remark.isEmpty || remark.starts(with: "--".utf8) ? rest.endIndex : nil
  }
}

extension Issue.Edit {
  /// Adds a statement on a line of its own after the one at `place`, and after a comment that ends its line.
  static func inserting(_ statement: String, afterStatementAt place: Place, in file: LintFile) -> Issue.Edit {
    let end = file.statement(at: place.range.lowerBound).map(file.end) ?? place.range.upperBound
    guard end > 0, file.bytes[end - 1] == UInt8(ascii: ";") else {
      return Issue.Edit(range: end..<end, newText: ";\n\(statement)")
    }
    let offset = file.endOfLine(afterRemarkAt: end) ?? end
    return Issue.Edit(range: offset..<offset, newText: "\n\(statement)")
  }
}
