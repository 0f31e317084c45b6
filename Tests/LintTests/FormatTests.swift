import Basics
import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Lint

@Suite("Reports as text and for programs")
struct FormatTests {
  private static let file = "supabase/migrations/20251108120000_a.sql"

  private static let finding = Finding(
    rule: "drop-table", severity: .error, evidence: .ast, certainty: .predicted, file: file,
    start: SourcePosition(line: 2, column: 3), end: SourcePosition(line: 2, column: 15), object: "public.a",
    message: "drops table public.a", why: "gone",
    fix: .init(
      text: "keep it",
      edits: [
        .init(
          file: file, start: SourcePosition(line: 2, column: 3), end: SourcePosition(line: 2, column: 4),
          newText: "x")
      ]))

  private static let report = LintReport(findings: [finding], files: 1, suppressed: 2)

  private static func text(_ source: String, colored: Bool = false) -> FindingText {
    let lines = LineIndex(Array(source.utf8))
    return FindingText(isColored: colored) { $0 == file ? lines : nil }
  }

  @Test("text shows the line, a caret, why and the fix")
  func text() {
    let text = Self.text("-- one\n  drop table a;\n").render(Self.report)

    #expect(
      text == """
        supabase/migrations/20251108120000_a.sql
          2:3  error  drop-table (predicted): drops table public.a
               2 |   drop table a;
                 |   ^^^^^^^^^^^^
               why: gone
               fix: keep it

        1 file: 1 error, 0 warnings, 0 advices (2 suppressed)

        """)
  }

  /// One on each of five lines.
  private static func five(
    _ severity: Severity = .warning, _ change: (inout Finding) -> Void = { _ in }
  ) -> LintReport {
    let findings = (1...5).map { line in
      var finding = Finding(
        rule: "drop-view", severity: severity, evidence: .ast, certainty: .predicted, file: file,
        start: SourcePosition(line: line, column: 1), end: SourcePosition(line: line, column: 2), object: nil,
        message: "drops view v\(line)", why: "gone", fix: nil)
      change(&finding)
      return finding
    }
    return LintReport(findings: findings, files: 1, suppressed: 0)
  }

  @Test("of what a rule says of one file the first is shown in full, of the others the messages where they differ")
  func folded() {
    let different = Self.text("a\nb\nc\nd\ne\n").render(Self.five())
    let same = Self.text("a\nb\nc\nd\ne\n").render(Self.five { $0.message = "drops a view" })

    #expect(
      different == """
        supabase/migrations/20251108120000_a.sql
          1:1  warning  drop-view (predicted): drops view v1
               1 | a
                 | ^
               why: gone
               and 4 more in this file:
                 2:1  drops view v2
                 3:1  drops view v3
                 4:1  drops view v4
                 5:1  drops view v5

        1 file: 0 errors, 5 warnings, 0 advices

        """)
    #expect(
      same == """
        supabase/migrations/20251108120000_a.sql
          1:1  warning  drop-view (predicted): drops a view
               1 | a
                 | ^
               why: gone
               and 4 more in this file, on the lines 2, 3, 4, 5

        1 file: 0 errors, 5 warnings, 0 advices

        """)
  }

  @Test("errors are shown one by one, and so is what differs in severity, certainty or reason")
  func unfolded() {
    let reports = [
      Self.five(.error),
      Self.five { if $0.start.line > 3 { $0.severity = .advice } },
      Self.five { if $0.start.line > 3 { $0.certainty = .measured } },
      Self.five { if $0.start.line > 3 { $0.why = "read" } },
    ]
    for report in reports {
      let text = Self.text("a\nb\nc\nd\ne\n").render(report)
      #expect(text.matches(of: /why:/).count == 5)
      #expect(!text.contains("more in this file"))
    }
  }

  @Test("findings that are equal in everything are folded like others")
  func equalFindings() {
    let report = Self.five { ($0.start.line, $0.message) = (1, "drops view v") }

    let text = Self.text("a\n").render(report)

    #expect(text.matches(of: /why:/).count == 1)
    #expect(text.contains("and 4 more in this file, on the lines 1, 1, 1, 1\n"))
  }

  @Test("colours are added and nothing else is changed")
  func colored() {
    let plain = Self.text("-- one\n  drop table a;\n").render(Self.report)
    let colored = Self.text("-- one\n  drop table a;\n", colored: true).render(Self.report)

    #expect(colored != plain)
    #expect(colored.replacing(/\u{1B}\[\d+m/, with: "") == plain)
  }

  @Test("a source line cannot steer the terminal, and a secret on it is masked")
  func hostileLine() {
    let text = Self.text("\n  drop \u{1B}[2Jtable a; -- sk_" + "live_0123456789abcdefghij").render(Self.report)

    #expect(!text.contains("\u{1B}"))
    #expect(!text.contains("0123456789abcdefghij"))
  }

  @Test("a long line is cut around the mark")
  func longLine() {
    let line = String(repeating: "a", count: 500) + "HERE" + String(repeating: "b", count: 500)

    let excerpt = SourceExcerpt(
      LineIndex(Array(line.utf8)), start: SourcePosition(line: 1, column: 501),
      end: SourcePosition(line: 1, column: 505))

    #expect(excerpt.text.count < 150)
    #expect(excerpt.text.dropFirst(excerpt.indentation.count).hasPrefix("HERE"))
    #expect(excerpt.mark == "^^^^")
  }

  @Test("a finding about a file's name shows no line of it")
  func fileName() async {
    let input = input([("supabase/migrations/add_users.sql", "select 1;")])
    let report = await Linter(LintConfiguration()).lint(input)

    let text = FindingText(isColored: false, input: input).render(report)

    #expect(text.contains("error  file-name-format"))
    #expect(!text.contains("select 1"))
  }

  @Test("an empty report is a summary only")
  func clean() {
    #expect(
      Self.text("").render(LintReport(findings: [], files: 3)) == "3 files: 0 errors, 0 warnings, 0 advices\n")
  }

  @Test("JSON is version 1 with flat positions, and reads back")
  func json() throws {
    let json = try LintFormat.json.render(Self.report)

    #expect(
      json == """
        {
          "findings" : [
            {
              "certainty" : "predicted",
              "column" : 3,
              "endColumn" : 15,
              "endLine" : 2,
              "evidence" : "ast",
              "file" : "supabase/migrations/20251108120000_a.sql",
              "fix" : {
                "edits" : [
                  {
                    "column" : 3,
                    "endColumn" : 4,
                    "endLine" : 2,
                    "file" : "supabase/migrations/20251108120000_a.sql",
                    "line" : 2,
                    "newText" : "x"
                  }
                ],
                "text" : "keep it"
              },
              "line" : 2,
              "message" : "drops table public.a",
              "object" : "public.a",
              "rule" : "drop-table",
              "severity" : "error",
              "why" : "gone"
            }
          ],
          "summary" : {
            "advices" : 0,
            "errors" : 1,
            "files" : 1,
            "suppressed" : 2,
            "warnings" : 0
          },
          "version" : 1
        }

        """)
    #expect(try JSONDecoder().decode(LintReport.self, from: Data(json.utf8)) == Self.report)
  }

  @Test("GitHub's commands are escaped")
  func github() throws {
    var finding = Self.finding
    finding.file = "a,b:c%.sql"
    finding.message = "100 %\nnew"

    let text = try LintFormat.github.render(LintReport(findings: [finding], files: 1))

    #expect(
      text
        == "::error file=a%2Cb%3Ac%25.sql,line=2,endLine=2,col=3,endColumn=15,title=drop-table::"
        + "100 %25%0Anew. gone%0AFix: keep it\n")
  }

  /// A report with everything that one can have.
  private static var full: LintReport {
    var moving = finding
    moving.fix = .init(
      text: "a\nb", edits: finding.fix?.edits ?? [], newFiles: [.init(name: "build_i", text: "select 1;\n")])
    var renaming = finding
    renaming.fix = .init(text: "rename it", rename: .init(version: "20251108120001", name: "a"))
    (renaming.severity, renaming.object, renaming.evidence) = (.advice, nil, .trace)
    renaming.message = "<a> & \"b\"\u{1}\n'é'"
    renaming.file = "supabase/migrations/2025 é.sql"
    var plain = finding
    (plain.fix, plain.severity, plain.certainty) = (nil, .warning, .measured)
    return LintReport(findings: [finding, moving, renaming, plain], files: 2)
  }

  @Test("JSON is what its schema describes")
  func schema() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "docs/schema/findings.schema.json")))
    var report = Self.full
    for evidence in ["file", "ast", "catalog", "difference", "trace", "explain", "statistics"] {
      report.findings[0].evidence = try #require(Evidence(rawValue: evidence))
      let json = try JSONSerialization.jsonObject(with: Data(try LintFormat.json.render(report).utf8))
      #expect(JSONSchema.faults(of: json, against: schema) == [])
    }
    #expect(try JSONDecoder().decode(LintReport.self, from: Data(try LintFormat.json.render(report).utf8)) == report)
  }

  @Test("SARIF names each rule once, has regions and fixes, and fingerprints that outlive moved lines")
  func sarif() throws {
    func results(_ report: LintReport) throws -> [[String: Any]] {
      let json = try JSONSerialization.jsonObject(with: Data(try LintFormat.sarif.render(report).utf8))
      let file = try #require(json as? [String: Any])
      #expect(file["version"] as? String == "2.1.0")
      let run = try #require((file["runs"] as? [[String: Any]])?.first)
      let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
      #expect((driver["rules"] as? [[String: Any]])?.map { $0["id"] as? String } == ["drop-table"])
      return try #require(run["results"] as? [[String: Any]])
    }
    func fingerprints(_ results: [[String: Any]]) -> [String] {
      results.compactMap { ($0["partialFingerprints"] as? [String: String])?["penstockFinding/v1"] }
    }

    let log = try results(Self.full)
    var moved = Self.full
    for index in moved.findings.indices { moved.findings[index].start.line += 7 }

    #expect(log.map { $0["level"] as? String } == ["error", "error", "note", "warning"])
    #expect(log.map { ($0["fixes"] as? [Any])?.count } == [1, nil, nil, nil])
    let physical = (log[2]["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
    let uri = (physical?["artifactLocation"] as? [String: Any])?["uri"] as? String
    #expect(uri == "supabase/migrations/2025%20%C3%A9.sql")
    #expect(physical?["region"] as? [String: Int] == ["startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 15])
    #expect(Set(fingerprints(log)).count == 4)
    #expect(try fingerprints(log) == fingerprints(results(moved)))
  }

  /// The schema is the standard's and not ours to keep here; whoever has it sets `SARIF_SCHEMA` to its path.
  @Test(
    "SARIF is what the standard's own schema describes",
    .enabled(if: ProcessInfo.processInfo.environment["SARIF_SCHEMA"] != nil))
  func sarifSchema() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "penstock-\(UUID().uuidString).sarif")
    try LintFormat.sarif.render(Self.full).write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let check = Process()
    check.executableURL = URL(filePath: "/usr/bin/env")
    check.arguments = [
      "python3", "-c", "import json, jsonschema, sys; jsonschema.validate(*[json.load(open(f)) for f in sys.argv[1:]])",
      file.path, ProcessInfo.processInfo.environment["SARIF_SCHEMA"] ?? "",
    ]

    try check.run()
    check.waitUntilExit()

    #expect(check.terminationStatus == 0)
  }

  @Test("GitLab's report has a path, lines, a severity and a fingerprint of its own for each finding")
  func gitlab() throws {
    let json = try JSONSerialization.jsonObject(with: Data(try LintFormat.gitlab.render(Self.full).utf8))

    let issues = try #require(json as? [[String: Any]])
    #expect(issues.map { $0["severity"] as? String } == ["critical", "critical", "info", "minor"])
    #expect(Set(issues.compactMap { $0["fingerprint"] as? String }).count == 4)
    let location = issues[0]["location"] as? [String: Any]
    #expect(location?["path"] as? String == Self.file)
    #expect(location?["lines"] as? [String: Int] == ["begin": 2, "end": 2])
    #expect(issues.allSatisfy { $0["description"] is String && $0["check_name"] as? String == "drop-table" })
    #expect(try LintFormat.gitlab.render(LintReport()) == "[\n\n]\n")
  }

  @Test("JUnit's XML is well formed, whatever a finding says, and fails what is no mere advice")
  func junit() throws {
    func elements(_ report: LintReport) throws -> XMLElements {
      let elements = XMLElements()
      let parser = XMLParser(data: Data(try LintFormat.junit.render(report).utf8))
      parser.delegate = elements
      #expect(parser.parse(), "\(String(describing: parser.parserError))")
      return elements
    }

    let full = try elements(Self.full)
    let clean = try elements(LintReport(files: 3))

    #expect(full.all.count { $0.name == "testcase" } == 4)
    #expect(full.all.count { $0.name == "failure" } == 3)
    #expect(full.all.first?.attributes["tests"] == "4" && full.all.first?.attributes["failures"] == "3")
    #expect(full.text.contains("<a> & \"b\"\u{FFFD}\n'é'"))
    #expect(clean.all.last?.attributes["name"] == "no findings in 3 files")
  }

  @Test("an error fails at every threshold but off, an advice only at advice")
  func thresholds() {
    var report = Self.report
    #expect(report.fails(at: .error) && report.fails(at: .advice) && !report.fails(at: .off))

    report.findings[0].severity = .advice
    #expect(!report.fails(at: .warning) && report.fails(at: .advice))
  }
}

/// What a parser of XML came across.
private final class XMLElements: NSObject, XMLParserDelegate {
  var all: [(name: String, attributes: [String: String])] = []
  var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    all.append((name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
