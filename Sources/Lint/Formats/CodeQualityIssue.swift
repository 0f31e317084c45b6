internal import Basics

/// A finding as an issue of GitLab's code quality report, whose format is Code Climate's.
///
/// Related GitLab documentation: "Code Quality", "Code quality report format".
struct CodeQualityIssue: Encodable {
  let description: String
  let checkName: String
  let fingerprint: String
  let severity: String
  let location: Location

  private enum CodingKeys: String, CodingKey {
    case checkName = "check_name"
    case description, fingerprint, severity, location
  }

  struct Location: Encodable {
    let path: String
    let lines: Lines

    struct Lines: Encodable {
      let begin: Int
      let end: Int
    }
  }

  init(_ finding: Finding, fingerprint: String) {
    description = "\(finding.message): \(finding.why)"
    checkName = finding.rule.rawValue
    self.fingerprint = fingerprint
    severity =
      switch finding.severity {
      case .error: "critical"
      case .warning: "minor"
      case .advice, .off: "info"
      }
    location = Location(
      path: finding.file, lines: .init(begin: finding.start.line, end: max(finding.start.line, finding.end.line)))
  }
}
