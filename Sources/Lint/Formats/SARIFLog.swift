internal import Basics
internal import FoundationEssentials

/// A report in the Static Analysis Results Interchange Format, which GitHub, GitLab, Azure DevOps and editors read.
///
/// Related OASIS standard: SARIF version 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
struct SARIFLog: Encodable {
  let schema = "https://json.schemastore.org/sarif-2.1.0.json"
  let version = "2.1.0"
  let runs: [Run]

  private enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  init(_ report: LintReport) {
    let names = Set(report.findings.map(\.rule)).sorted()
    let indices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var fingerprints = Fingerprints()
    runs = [
      Run(
        tool: .init(driver: .init(rules: names.map(Descriptor.init))),
        results: report.findings.map { finding in
          Result(finding, index: indices[finding.rule] ?? 0, fingerprint: fingerprints.next(finding))
        })
    ]
  }

  struct Run: Encodable {
    let tool: Tool
    let columnKind = "unicodeCodePoints"
    let results: [Result]
  }

  struct Tool: Encodable {
    let driver: Driver

    struct Driver: Encodable {
      let name = "Penstock"
      let rules: [Descriptor]
    }
  }

  struct Message: Encodable {
    let text: String
  }

  /// What a rule says of itself.
  struct Descriptor: Encodable {
    let id: String
    let shortDescription: Message
    var fullDescription: Message?
    var help: Help?
    var defaultConfiguration: Configuration?

    struct Help: Encodable {
      let text: String
      let markdown: String
    }

    struct Configuration: Encodable {
      let level: String
    }

    init(_ name: RuleName) {
      id = name.rawValue
      // Reports of another version may name rules that this one does not have.
      guard let rule = Rules.named(name.rawValue) else {
        shortDescription = Message(text: name.rawValue)
        return
      }
      let about = rule.about
      shortDescription = Message(text: about.summary)
      fullDescription = Message(text: "\(about.summary): \(about.why).")
      help = Help(text: about.explanation, markdown: RuleDocumentation(rule).markdown)
      defaultConfiguration = Configuration(level: about.severity.sarifLevel)
    }
  }

  struct Result: Encodable {
    let ruleId: String
    let ruleIndex: Int
    let level: String
    let message: Message
    let locations: [Location]
    let partialFingerprints: [String: String]
    let fixes: [Fix]?
    let properties: [String: String]

    init(_ finding: Finding, index: Int, fingerprint: String) {
      ruleId = finding.rule.rawValue
      ruleIndex = index
      level = finding.severity.sarifLevel
      var text = "\(finding.message). Why: \(finding.why)."
      if let fix = finding.fix { text += "\nFix: \(fix.text)" }
      message = Message(text: text)
      locations = [Location(finding)]
      partialFingerprints = ["penstockFinding/v1": fingerprint]
      // What a fix does besides cannot be said here, and it is done as a whole or not at all.
      let isComplete = finding.fix?.newFiles.isEmpty == true && finding.fix?.rename == nil
      fixes = finding.fix.flatMap { isComplete && !$0.edits.isEmpty ? [Fix($0)] : nil }
      properties = ["certainty": finding.certainty.rawValue, "evidence": finding.evidence.rawValue]
    }
  }

  struct Location: Encodable {
    let physicalLocation: Physical
    let logicalLocations: [Logical]?

    struct Physical: Encodable {
      let artifactLocation: Artifact
      let region: Region
    }

    struct Logical: Encodable {
      let fullyQualifiedName: String
    }

    init(_ finding: Finding) {
      physicalLocation = Physical(
        artifactLocation: Artifact(finding.file), region: Region(finding.start, finding.end))
      logicalLocations = finding.object.map { [Logical(fullyQualifiedName: $0)] }
    }
  }

  struct Artifact: Encodable {
    let uri: String
    /// The repository's root, for those who show the file.
    let uriBaseId = "%SRCROOT%"

    init(_ path: String) {
      uri = path.utf8.map(Self.escaped).joined()
    }

    /// As a path of RFC 3986 has it.
    private static func escaped(_ byte: UInt8) -> String {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        String(UnicodeScalar(byte))
      default:
        (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  struct Region: Encodable {
    let startLine: Int
    let startColumn: Int
    let endLine: Int
    let endColumn: Int

    init(_ start: SourcePosition, _ end: SourcePosition) {
      (startLine, startColumn) = (start.line, start.column)
      (endLine, endColumn) = (end.line, end.column)
    }
  }

  struct Fix: Encodable {
    let description: Message
    let artifactChanges: [Change]

    struct Change: Encodable {
      let artifactLocation: Artifact
      let replacements: [Replacement]
    }

    struct Replacement: Encodable {
      let deletedRegion: Region
      let insertedContent: Message
    }

    init(_ fix: Finding.Fix) {
      description = Message(text: fix.text)
      let files = Dictionary(grouping: fix.edits, by: \.file).sorted { $0.key < $1.key }
      artifactChanges = files.map { file, edits in
        Change(
          artifactLocation: Artifact(file),
          replacements: edits.map { edit in
            Replacement(deletedRegion: Region(edit.start, edit.end), insertedContent: Message(text: edit.newText))
          })
      }
    }
  }
}

extension Severity {
  fileprivate var sarifLevel: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .advice: "note"
    case .off: "none"
    }
  }
}
