internal import FoundationEssentials

/// The ways in which a report is written for programs.
package enum LintFormat: String, Sendable, CaseIterable {
  /// The report as it is, version 1; `docs/schema/findings.schema.json` describes it.
  case json
  /// For code scanning: GitHub's, GitLab's, Azure DevOps', an editor's.
  case sarif
  /// Workflow commands that GitHub Actions shows at the lines of a pull request.
  case github
  /// GitLab's code quality report, which a merge request shows.
  case gitlab
  /// For anything that shows test results.
  case junit

  /// Ends with a line end; the same bytes for the same report.
  package func render(_ report: LintReport) throws -> String {
    switch self {
    case .json:
      return try Self.text(report)
    case .sarif:
      return try Self.text(SARIFLog(report))
    case .github:
      return report.findings.map { GitHubAnnotation($0).text + "\n" }.joined()
    case .gitlab:
      var fingerprints = Fingerprints()
      return try Self.text(report.findings.map { CodeQualityIssue($0, fingerprint: fingerprints.next($0)) })
    case .junit:
      return JUnitReport(report).text
    }
  }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
