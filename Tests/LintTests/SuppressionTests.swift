import Basics
import Testing

@testable import Lint

@Suite("Comments that silence rules")
struct SuppressionTests {
  @Test(
    "the words of a comment are read",
    arguments: [
      ("-- penstock: ignore drop-table nobody reads it", ["drop-table"], "nobody reads it", false),
      ("--penstock:ignore drop-table,drop-column: moved", ["drop-table", "drop-column"], "moved", false),
      ("/* penstock: ignore-file require-table-comment */", ["require-table-comment"], "", true),
      ("-- squawk-ignore ban-drop-table, ban-drop-column", ["ban-drop-table", "ban-drop-column"], "", false),
      ("-- squawk-ignore-file ban-drop-table", ["ban-drop-table"], "", true),
    ])
  func words(_ comment: String, rules: [String], reason: String, coversFile: Bool) throws {
    let text = try #require(SuppressionText(comment))

    #expect(text.rules == rules)
    #expect(text.reason == reason)
    #expect(text.coversFile == coversFile)
  }

  @Test("other comments are left alone", arguments: ["-- ignore this", "-- penstock: note", "-- squawk-ignored x"])
  func others(_ comment: String) {
    #expect(SuppressionText(comment) == nil)
  }

  @Test("the line before, the same line, and the whole file are covered")
  func placement() async {
    let before = await lint("-- penstock: ignore drop-table unused\n\ndrop table if exists public.a;\n")
    let same = await lint("drop table if exists public.a; -- penstock: ignore drop-table unused\n")
    let file = await lint("drop table if exists public.a;\n-- penstock: ignore-file drop-table unused\n")

    for report in [before, same, file] {
      #expect(report.of("drop-table").isEmpty)
      #expect(report.of("unused-ignore").isEmpty)
      #expect(report.suppressed == 1)
    }
  }

  @Test("a comment between does not break the line before")
  func stacked() async {
    let report = await lint(
      """
      -- penstock: ignore drop-table unused
      -- It was replaced in March.
      drop table if exists public.a;
      """)

    #expect(report.of("drop-table").isEmpty)
  }

  @Test("a comment before a statement covers findings further down in it")
  func statement() async {
    let report = await lint(
      """
      -- penstock: ignore drop-column unused
      alter table public.a
        drop column if exists b;
      """)

    #expect(report.of("drop-column").isEmpty)
    #expect(report.suppressed == 1)
  }

  @Test("another line is not covered, and the comment is reported as unused")
  func elsewhere() async {
    let report = await lint(
      "-- penstock: ignore drop-table unused\nselect 1;\ndrop table if exists public.a;\n")

    #expect(report.of("drop-table").count == 1)
    #expect(report.of("unused-ignore").map(\.start.line) == [1])
  }

  @Test("an error is not silenced without a reason, and the comment is reported")
  func reason() async {
    let report = await lint("-- penstock: ignore drop-table\ndrop table if exists public.a;\n")

    #expect(report.of("drop-table").count == 1)
    #expect(report.of("unused-ignore").first?.message.contains("takes a reason") == true)
  }

  @Test("a warning needs no reason")
  func warning() async {
    let report = await lint("-- penstock: ignore nonidempotent-ddl\ncreate schema billing;\n")

    #expect(report.findings.isEmpty)
    #expect(report.suppressed == 1)
  }

  @Test("a misspelt rule is reported with the nearest name")
  func misspelt() async {
    let report = await lint("-- penstock: ignore drop-tabel unused\ndrop table if exists public.a;\n")

    #expect(report.of("unused-ignore").first?.message.contains("did you mean drop-table?") == true)
  }

  @Test("squawk's comments count by squawk's names, and are never reported")
  func squawk() async {
    let report = await lint(
      "-- squawk-ignore ban-drop-table\ndrop table if exists public.a;\n-- squawk-ignore prefer-text-field\nselect 1;\n"
    )

    #expect(report.of("drop-table").isEmpty)
    #expect(report.of("unused-ignore").isEmpty)
  }
}
