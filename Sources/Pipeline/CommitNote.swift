internal import Basics
internal import Git
internal import Lint

/// A run's record as a person reads it in `git log --notes=penstock`, ended with trailers that
/// `git interpret-trailers --parse` reads.
package enum CommitNote {
  /// More findings than these are counted, not shown: the records note has all of them.
  private static let shownFindings = 20

  /// Lines of plain text, the last one ended with a line feed.
  package static func text(for record: RunRecord) -> String {
    var lines = [headline(of: record)]
    if !record.stages.isEmpty {
      lines.append("")
      lines += record.stages.flatMap(stageLines)
    }
    if let failure = record.failure {
      lines.append("")
      lines += failureLines(failure)
    }
    if !record.findings.isEmpty {
      lines.append("")
      lines += findingLines(record.findings)
    }
    lines.append("")
    lines += trailers(of: record)
    return lines.map(PlainText.oneLine).joined(separator: "\n") + "\n"
  }

  /// `staging: promoted in 412 ms`
  package static func verdict(of record: RunRecord) -> String {
    let place = record.environment ?? record.request.ref.branch ?? record.request.ref.rawValue
    let time = record.duration.map { " in \($0.text)" } ?? ""
    return "\(place): \(record.result.rawValue)\(record.result.isFinal ? time : "")"
  }

  /// The lines of one stage: its name in a column of its own, beside what it says.
  package static func stageLines(_ stage: StageRecord) -> [String] {
    let time = stage.milliseconds.map { Duration.milliseconds(1) * $0 }.map { "  \($0.text)" } ?? ""
    let mark =
      switch stage.outcome {
      case .passed: ""
      case .failed: "failed"
      case .skipped: "not reached"
      case .interrupted: "interrupted"
      }
    let said = ([mark].filter { !$0.isEmpty } + stage.summary)
    let first = "  \(pad(stage.stage, to: 10)) \(pad(said.first ?? "", to: 60))\(time)"
    return [trimmed(first)] + said.dropFirst().map { "  \(pad("", to: 10)) \($0)" }
  }

  /// How far the text of a failure is from the line's beginning.
  package static let failureIndent = 9

  package static func failureLines(_ failure: RunFailure) -> [String] {
    var text = "\(failure.location.map { "\($0): " } ?? "")\(failure.message)"
    if let sqlState = failure.sqlState { text += " (SQLSTATE \(sqlState))" }
    if let advice = failure.advice { text += "\n\(advice)" }
    return text.split(separator: "\n").enumerated().map { ($0 == 0 ? "  error  " : "         ") + $1 }
  }

  private static func headline(of record: RunRecord) -> String {
    "\(pad(verdict(of: record), to: 60)) run \(record.request.id)"
  }

  private static func findingLines(_ findings: [Finding]) -> [String] {
    let shown = findings.prefix(shownFindings).flatMap { finding in
      ["  \(finding.severity.rawValue)  \(finding.rule)  \(finding.file):\(finding.start)", "    \(finding.message)"]
    }
    guard findings.count > shownFindings else { return Array(shown) }
    return shown + ["  and \(findings.count - shownFindings) more: penstock show has all of them"]
  }

  private static func trailers(of record: RunRecord) -> [String] {
    var trailers = ["Penstock-Run: \(record.request.id)"]
    if let environment = record.environment { trailers.append("Penstock-Environment: \(environment)") }
    trailers.append("Penstock-Result: \(record.result.rawValue)")
    if let tree = record.tree { trailers.append("Penstock-Tree: \(tree)") }
    if let after = record.evidence.after { trailers.append("Penstock-Schema: \(after)") }
    return trailers
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
