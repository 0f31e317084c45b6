/// The linter's answer.
package struct LintReport: Hashable, Sendable {
  /// In the order of `Finding.<`.
  package var findings: [Finding]
  /// The number of files that were judged.
  package var files: Int
  /// The number of findings that a comment in their file silenced.
  package var suppressed: Int

  package init(findings: [Finding] = [], files: Int = 0, suppressed: Int = 0) {
    self.findings = findings
    self.files = files
    self.suppressed = suppressed
  }

  /// The number of findings of exactly this severity.
  package func count(_ severity: Severity) -> Int {
    findings.count { $0.severity == severity }
  }

  /// Whether any finding weighs at least as much as `threshold`; never for `.off`.
  package func fails(at threshold: Severity) -> Bool {
    threshold != .off && findings.contains { $0.severity >= threshold }
  }
}

extension LintReport: Codable {
  private enum Key: String, CodingKey { case version, findings, summary }

  private struct Summary: Codable {
    var files: Int
    var errors: Int
    var warnings: Int
    var advices: Int
    var suppressed: Int
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let summary = try values.decode(Summary.self, forKey: .summary)
    self.init(
      findings: try values.decode([Finding].self, forKey: .findings),
      files: summary.files,
      suppressed: summary.suppressed
    )
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(1, forKey: .version)
    try values.encode(findings, forKey: .findings)
    let summary = Summary(
      files: files, errors: count(.error), warnings: count(.warning), advices: count(.advice),
      suppressed: suppressed)
    try values.encode(summary, forKey: .summary)
  }
}
