internal import Basics

/// A finding as a workflow command: `::error file=...,line=...::message`.
///
/// Related GitHub documentation: "Workflow commands for GitHub Actions", and actions/toolkit's `command.ts` for what
/// has to be escaped.
struct GitHubAnnotation {
  let text: String

  init(_ finding: Finding) {
    var properties = [
      "file=\(Self.escaped(finding.file, inProperty: true))",
      "line=\(finding.start.line)",
      "endLine=\(finding.end.line)",
    ]
    // GitHub takes columns only for a finding within one line.
    if finding.start.line == finding.end.line {
      properties += ["col=\(finding.start.column)", "endColumn=\(finding.end.column)"]
    }
    properties.append("title=\(Self.escaped(finding.rule.rawValue, inProperty: true))")
    let command =
      switch finding.severity {
      case .error: "error"
      case .warning: "warning"
      case .advice, .off: "notice"
      }
    var message = "\(finding.message). \(finding.why)"
    if let fix = finding.fix { message += "\nFix: \(fix.text)" }
    text = "::\(command) \(properties.joined(separator: ","))::\(Self.escaped(message, inProperty: false))"
  }

  private static func escaped(_ text: String, inProperty: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      case ":" where inProperty: escaped += "%3A"
      case "," where inProperty: escaped += "%2C"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
