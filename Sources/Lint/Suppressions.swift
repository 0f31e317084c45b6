internal import Basics
internal import SQL

/// The comments of one file that silence rules, and which of them have done so.
///
/// `-- penstock: ignore RULE reason` counts for the line it ends, or, when it has a line of its own, for the next line
/// with SQL on it; a finding is on a line when it begins there or its statement does. `ignore-file` counts everywhere.
/// An error needs a reason. squawk's comments count too, by squawk's names or ours, and as squawk has no reasons they
/// need none.
struct Suppressions {
  struct Entry {
    let text: SuppressionText
    /// Of the comment.
    let range: Range<Int>
    /// 1-based; nil for the whole file.
    let line: Int?
    /// The rules that it silences.
    let rules: Set<RuleName>
    /// Those that have silenced something.
    fileprivate(set) var used: Set<RuleName> = []
    /// Those that would have silenced an error, had there been a reason.
    fileprivate(set) var refused: Set<RuleName> = []
  }

  /// What an entry may silence: a rule, on a line or, with nil, anywhere.
  private struct Subject: Hashable {
    var rule: RuleName
    var line: Int?
  }

  private(set) var entries: [Entry] = []
  /// Indices of entries.
  private var subjects: [Subject: [Int]] = [:]

  init(in file: LintFile) {
    guard case .success(let script) = file.script else { return }
    // From the last to the first, because the SQL after one of many comments is the SQL after the next.
    var following: (comment: Int, sql: Int)?
    for comment in script.comments.reversed() {
      var next = comment.range.upperBound
      while next < file.bytes.count, file.bytes[next] <= 0x20 { next += 1 }
      if let following, following.comment == next { next = following.sql }
      following = (comment.range.lowerBound, next)
      guard let text = SuppressionText(comment.text) else { continue }
      entries.append(
        Entry(
          text: text,
          range: comment.range,
          line: text.coversFile ? nil : Self.lineCovered(by: comment.range, before: next, in: file),
          rules: Set(text.rules.flatMap { Self.rules(named: $0, in: text.dialect) })
        ))
    }
    entries.reverse()
    for (index, entry) in entries.enumerated() {
      for rule in entry.rules { subjects[Subject(rule: rule, line: entry.line), default: []].append(index) }
    }
  }

  /// Whether a comment silences the rule on one of the lines; marks the comment as used.
  mutating func silence(_ rule: RuleName, _ severity: Severity, onLines lines: Set<Int>) -> Bool {
    var isSilenced = false
    let candidates = ([nil] + lines.map(Optional.some)).flatMap { subjects[Subject(rule: rule, line: $0)] ?? [] }
    for index in candidates {
      let entry = entries[index]
      if severity == .error, entry.text.dialect == .penstock, entry.text.reason.isEmpty {
        entries[index].refused.insert(rule)
      } else {
        entries[index].used.insert(rule)
        isSilenced = true
      }
    }
    return isSilenced
  }

  private static func rules(named name: String, in dialect: SuppressionText.Dialect) -> [RuleName] {
    let own = Rules.named(name).map { [$0.about.name] } ?? []
    return dialect == .squawk ? own + (squawkNames[name] ?? []) : own
  }

  /// The rules that say what squawk's rule of a name says.
  private static let squawkNames = Rules.all.reduce(into: [String: [RuleName]]()) { names, rule in
    for name in rule.about.others[.squawk] ?? [] { names[name, default: []].append(rule.about.name) }
  }

  /// - Parameter next: The first byte of SQL after the comment; the file's end when there is none.
  private static func lineCovered(by range: Range<Int>, before next: Int, in file: LintFile) -> Int {
    let before = file.bytes[..<range.lowerBound].last { $0 > 0x20 || $0 == UInt8(ascii: "\n") }
    let hasOwnLine = before == nil || before == UInt8(ascii: "\n")
    return file.lines.position(ofByte: hasOwnLine ? next : range.lowerBound).line
  }
}
