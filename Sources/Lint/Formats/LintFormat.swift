internal import FoundationEssentials

/// The ways in which a report is written for programs.
package enum LintFormat: String, Sendable, CaseIterable {
  /// The report as it is, version 1.
  case json
  /// Workflow commands that GitHub Actions shows at the lines of a pull request.
  case github

  /// Ends with a line end; the same bytes for the same report.
  package func render(_ report: LintReport) throws -> String {
    switch self {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    case .github:
      return report.findings.map { GitHubAnnotation($0).text + "\n" }.joined()
    }
  }
}
