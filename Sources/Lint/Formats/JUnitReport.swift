internal import Basics

/// A report as the XML that JUnit's Ant task writes and every CI system shows: a test case for each finding, which fails
/// unless it is an advice, or a single one that passes when there is none.
struct JUnitReport {
  let text: String

  init(_ report: LintReport) {
    let failures = report.count(.error) + report.count(.warning)
    let counts = "tests=\"\(max(1, report.findings.count))\" failures=\"\(failures)\" errors=\"0\""
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites name=\"penstock\" \(counts)>",
      "  <testsuite name=\"penstock validate\" \(counts) skipped=\"0\">",
    ]
    lines += report.findings.flatMap(Self.testCase)
    if report.findings.isEmpty {
      let files = "\(report.files) file\(report.files == 1 ? "" : "s")"
      lines.append("    <testcase classname=\"penstock\" name=\"no findings in \(files)\"/>")
    }
    lines += ["  </testsuite>", "</testsuites>"]
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func testCase(_ finding: Finding) -> [String] {
    let place = "\(finding.file):\(finding.start)"
    let name = "\(finding.rule) at \(finding.start)"
    var details = "\(place): \(finding.severity.rawValue): \(finding.message)\nWhy: \(finding.why)"
    if let fix = finding.fix { details += "\nFix: \(fix.text)" }
    let body =
      finding.severity == .advice
      ? "      <system-out>\(escaped(details))</system-out>"
      : "      <failure type=\"\(escaped(finding.rule.rawValue))\" message=\"\(escaped(finding.message))\">"
        + "\(escaped(details))</failure>"
    return [
      "    <testcase classname=\"\(escaped(finding.file))\" name=\"\(escaped(name))\" file=\"\(escaped(finding.file))\""
        + " line=\"\(finding.start.line)\">",
      body, "    </testcase>",
    ]
  }

  /// Fit for an element's text and for an attribute; what XML 1.0 has no way to write becomes a replacement character.
  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "\n", "\r", "\t": escaped.append(contentsOf: "&#\(scalar.value);".unicodeScalars)
      case "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}": escaped.append(scalar)
      default: escaped.append("\u{FFFD}")
      }
    }
    return String(escaped)
  }
}
