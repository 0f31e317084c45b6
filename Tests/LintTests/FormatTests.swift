import Basics
import Foundation
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

  @Test("an error fails at every threshold but off, an advice only at advice")
  func thresholds() {
    var report = Self.report
    #expect(report.fails(at: .error) && report.fails(at: .advice) && !report.fails(at: .off))

    report.findings[0].severity = .advice
    #expect(!report.fails(at: .warning) && report.fails(at: .advice))
  }
}
