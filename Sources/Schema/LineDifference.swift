/// Which lines of a text went and came: of a short text only these, of a longer one as a unified difference, in which
/// lines that stayed are left out where they are not next to others.
struct LineDifference {
  struct Line: Hashable {
    /// Nil for one that stayed, which is indented, and for the line before a hunk.
    var sign: Difference.Sign?
    let text: String
  }

  let lines: [Line]

  /// From this many lines on, a text is told in hunks.
  private static let longText = 12
  private static let context = 3

  init(from old: String, to new: String) {
    let old = old.split(separator: "\n", omittingEmptySubsequences: false)
    let new = new.split(separator: "\n", omittingEmptySubsequences: false)
    let script = Self.script(from: old, to: new)
    lines = max(old.count, new.count) < Self.longText ? script.filter { $0.sign != nil } : Self.hunks(of: script)
  }

  /// All lines of both texts, those that went before those that came.
  private static func script(from old: [Substring], to new: [Substring]) -> [Line] {
    var went: Set<Int> = []
    var came: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): went.insert(offset)
      case .insert(let offset, _, _): came.insert(offset)
      }
    }
    var lines: [Line] = []
    var (index, other) = (0, 0)
    while index < old.count || other < new.count {
      if went.contains(index) {
        lines.append(Line(sign: .removed, text: "\(old[index])"))
        index += 1
      } else if came.contains(other) {
        lines.append(Line(sign: .added, text: "\(new[other])"))
        other += 1
      } else {
        lines.append(Line(text: "  \(new[other])"))
        index += 1
        other += 1
      }
    }
    return lines
  }

  private static func hunks(of script: [Line]) -> [Line] {
    var shown: [Range<Int>] = []
    for index in script.indices where script[index].sign != nil {
      let range = max(0, index - context)..<min(script.count, index + context + 1)
      if let last = shown.last, last.upperBound >= range.lowerBound {
        shown[shown.count - 1] = last.lowerBound..<range.upperBound
      } else {
        shown.append(range)
      }
    }
    var lines: [Line] = []
    var (old, new, start) = (1, 1, 0)
    for range in shown {
      old += script[start..<range.lowerBound].count { $0.sign != .added }
      new += script[start..<range.lowerBound].count { $0.sign != .removed }
      let hunk = script[range]
      let counts = (hunk.count { $0.sign != .added }, hunk.count { $0.sign != .removed })
      lines.append(Line(text: "@@ -\(old),\(counts.0) +\(new),\(counts.1) @@"))
      lines += hunk
      (old, new, start) = (old + counts.0, new + counts.1, range.upperBound)
    }
    return lines
  }
}
