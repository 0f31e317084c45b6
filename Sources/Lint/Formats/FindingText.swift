package import Basics

/// A report for a person: grouped by file, each finding with its line of source, and a summary. Where a rule says
/// much of one file, only the first is shown in full.
///
/// ```
/// supabase/migrations/20251108120000_create_customers.sql
///   3:1  error  rls-disabled (predicted): row security of public.customers is off
///        3 | create table public.customers (
///          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
///        why: whoever has the API's public key can read and write every row
///        fix: alter table public.customers enable row level security;
///
/// 1 file: 1 error, 0 warnings, 0 advices
/// ```
package struct FindingText: Sendable {
  /// Whether to use ANSI colours.
  package var isColored: Bool
  /// The lines of a file that findings name; nil when its source is not at hand.
  package var lines: @Sendable (_ path: String) -> LineIndex?

  package init(isColored: Bool, lines: @escaping @Sendable (_ path: String) -> LineIndex?) {
    self.isColored = isColored
    self.lines = lines
  }

  /// Shows the source from the input that was linted.
  package init(isColored: Bool, input: LintInput) {
    let files = Dictionary(input.files.map { ($0.path, $0.lines) }) { first, _ in first }
    self.init(isColored: isColored) { files[$0] }
  }

  /// Ends with a line end.
  package func render(_ report: LintReport) -> String {
    var text = ""
    var file: String?
    let folded = Self.folded(report.findings)
    for (index, finding) in report.findings.enumerated() {
      let group = folded[Group(finding)]
      if let group, group.first != index { continue }
      if finding.file != file {
        if file != nil { text += "\n" }
        text += styled(finding.file, .bold) + "\n"
        file = finding.file
      }
      text += render(finding, others: group?.dropFirst().map { report.findings[$0] } ?? [])
    }
    if !report.findings.isEmpty { text += "\n" }
    return text + summary(of: report) + "\n"
  }

  /// What one rule says of one file in the same breath: all but the place and the message.
  private struct Group: Hashable {
    var file: String
    var rule: RuleName
    var severity: Severity
    var certainty: Certainty
    var why: String

    init(_ finding: Finding) {
      (file, rule, severity) = (finding.file, finding.rule, finding.severity)
      (certainty, why) = (finding.certainty, finding.why)
    }
  }

  /// The indices of those of which the first is shown in full: more than three, and no errors.
  private static func folded(_ findings: [Finding]) -> [Group: [Int]] {
    Dictionary(grouping: findings.indices) { Group(findings[$0]) }.filter { group in
      group.value.count > 3 && group.key.severity < .error
    }
  }

  /// `3 files: 1 error, 2 warnings, 0 advices (1 suppressed)`
  package func summary(of report: LintReport) -> String {
    func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let counts = [
      count(report.count(.error), "error"),
      count(report.count(.warning), "warning"),
      count(report.count(.advice), "advice"),
    ]
    let suppressed = report.suppressed > 0 ? " (\(report.suppressed) suppressed)" : ""
    return "\(count(report.files, "file")): \(counts.joined(separator: ", "))\(suppressed)"
  }

  private func render(_ finding: Finding, others: [Finding]) -> String {
    let place = finding.start.description
    let indentation = String(repeating: " ", count: place.count + 4)
    let severity = styled(finding.severity.rawValue, finding.severity.style)
    var text = "  \(place)  \(severity)  \(styled(finding.rule.rawValue, .bold)) (\(finding.certainty.rawValue)): "
    text += finding.message + "\n"
    if !finding.isAboutFile, let lines = lines(finding.file) {
      let number = String(finding.start.line)
      let margin = String(repeating: " ", count: number.count)
      let excerpt = SourceExcerpt(lines, start: finding.start, end: finding.end)
      text += "\(indentation)\(styled(number + " |", .dim)) \(excerpt.text)\n"
      text += "\(indentation)\(styled(margin + " |", .dim)) \(excerpt.indentation)"
      text += styled(excerpt.mark, finding.severity.style) + "\n"
    }
    text += "\(indentation)why: \(finding.why)\n"
    if let fix = finding.fix {
      let body = fix.text.split(separator: "\n", omittingEmptySubsequences: false)
      text += "\(indentation)fix: " + body.joined(separator: "\n\(indentation)     ") + "\n"
    }
    if others.isEmpty { return text }
    text += "\(indentation)and \(others.count) more in this file"
    if others.allSatisfy({ $0.message == finding.message }) {
      return text + ", on the lines \(others.map { String($0.start.line) }.joined(separator: ", "))\n"
    }
    text += ":\n"
    for other in others { text += "\(indentation)  \(other.start)  \(other.message)\n" }
    return text
  }

  private func styled(_ text: String, _ style: Style) -> String {
    isColored ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  fileprivate enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case yellow = "33"
    case blue = "34"
  }
}

extension Severity {
  fileprivate var style: FindingText.Style {
    switch self {
    case .error: .red
    case .warning: .yellow
    case .advice, .off: .blue
    }
  }
}
