internal import Basics

/// A finding's line of source with a mark under it, fit for any terminal.
struct SourceExcerpt {
  /// The line, with secrets masked and control characters made visible, cut to what fits.
  let text: String
  /// As many columns as stand before the mark.
  let indentation: String
  /// `^` once or more.
  let mark: String

  private static let widest = 140

  init(_ lines: LineIndex, start: SourcePosition, end: SourcePosition) {
    // More than is shown, so that a secret is seen from its beginning; less than a line of many megabytes.
    let (line, lineStart) = lines.text(around: start, reach: 2 << 10)
    let scalars = Array(SecretScanner.masked(line).unicodeScalars)
    let first = min(start.column - lineStart.column, scalars.count)
    let last = end.line == start.line ? min(end.column - lineStart.column, scalars.count) : scalars.count
    // A line too long to show is shown from a little before the mark.
    let from = scalars.count <= Self.widest || first < Self.widest / 2 ? 0 : first - Self.widest / 4
    let to = min(scalars.count, from + Self.widest)
    let lead = from > 0 || lineStart.column > 1 ? "…" : ""
    text = lead + Self.visible(scalars[from..<to]) + (to < scalars.count ? "…" : "")
    indentation = String(repeating: " ", count: lead.count + Self.visible(scalars[from..<first]).unicodeScalars.count)
    let marked = first < min(last, to) ? Self.visible(scalars[first..<min(last, to)]).unicodeScalars.count : 1
    mark = String(repeating: "^", count: max(marked, 1))
  }

  /// Tabs as two blanks, anything that could move a terminal's cursor as a replacement character.
  private static func visible(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    for scalar in scalars {
      if (0x20..<0x7F).contains(scalar.value) {
        text.append(scalar)
        continue
      }
      switch scalar.properties.generalCategory {
      case _ where scalar == "\t": text.append(contentsOf: "  ".unicodeScalars)
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: text.append("\u{FFFD}")
      default: text.append(scalar)
      }
    }
    return String(text)
  }
}
