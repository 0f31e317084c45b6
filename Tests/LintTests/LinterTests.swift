import Basics
import Testing

@testable import Lint

@Suite("The linter")
struct LinterTests {
  @Test("a syntax error stands at its word and does not hide findings in other statements")
  func syntaxError() async throws {
    let report = await lint("drop table a;\ncreate tabel b;\ndrop table c;\n")

    let error = try #require(report.of("syntax-error").first)
    #expect(error.start == SourcePosition(line: 2, column: 8))
    #expect(error.end == SourcePosition(line: 2, column: 13))
    #expect(report.of("drop-table").map(\.start.line) == [1, 3])
  }

  @Test("a file that is no SQL is one finding, and the other files are judged")
  func brokenFile() async throws {
    let report = await lint([
      ("20250101000000_a.sql", "select 'never ends"), ("20250102000000_b.sql", "drop table b;"),
    ])

    #expect(report.of("syntax-error").map(\.file) == ["20250101000000_a.sql"])
    #expect(report.of("drop-table").map(\.file) == ["20250102000000_b.sql"])
  }

  @Test("only pending files are judged, and the others are known")
  func pending() async {
    let input = LintInput(files: [
      LintFile(path: "20250101000000_a.sql", bytes: Array("create table a (id int);".utf8), isPending: false),
      LintFile(path: "20250102000000_b.sql", bytes: Array("alter table a add column b int;".utf8), isPending: true),
    ])

    let report = await Linter(LintConfiguration()).lint(input)

    #expect(report.files == 1)
    #expect(Set(report.findings.map(\.file)) == ["20250102000000_b.sql"])
    #expect(report.of("require-primary-key").map(\.object) == ["public.a"])
  }

  @Test("a table that the pending files do not touch is left alone")
  func untouched() async {
    let input = LintInput(files: [
      LintFile(path: "20250101000000_a.sql", bytes: Array("create table a (id int);".utf8), isPending: false),
      LintFile(path: "20250102000000_b.sql", bytes: Array("comment on table a is 'x';".utf8), isPending: true),
    ])

    let report = await Linter(LintConfiguration()).lint(input)

    #expect(report.findings.isEmpty)
  }

  @Test("the version that comes second is the one that is reported")
  func duplicates() async {
    let report = await lint([("20250101000000_a.sql", ""), ("20250101000000_b.sql", "")])

    let findings = report.of("duplicate-or-out-of-order-version")
    #expect(findings.map(\.file) == ["20250101000000_b.sql"])
    #expect(findings.first?.message.contains("20250101000000_a.sql") == true)
  }

  @Test("a pending file older than one that is not pending is out of order")
  func outOfOrder() async {
    let input = LintInput(files: [
      LintFile(path: "20250101000000_a.sql", bytes: [], isPending: true),
      LintFile(path: "20250102000000_b.sql", bytes: [], isPending: false),
    ])

    let report = await Linter(LintConfiguration()).lint(input)

    #expect(report.of("duplicate-or-out-of-order-version").map(\.file) == ["20250101000000_a.sql"])
  }

  @Test("versions that are numbers are compared as numbers")
  func numericVersions() async {
    var input = LintInput(
      files: [
        LintFile(path: "migrations/99_a.sql", bytes: [], isPending: false),
        LintFile(path: "migrations/100_b.sql", bytes: [], isPending: true),
      ],
      order: .numeric)
    let newer = await Linter(LintConfiguration()).lint(input)
    input.files.append(LintFile(path: "migrations/0099-c.sql", bytes: [], isPending: true))

    let twin = await Linter(LintConfiguration()).lint(input)

    #expect(newer.of("duplicate-or-out-of-order-version").isEmpty)
    #expect(twin.of("duplicate-or-out-of-order-version").map(\.file) == ["migrations/0099-c.sql"])
    #expect(twin.of("file-name-format").allSatisfy { $0.message.contains("does not match the pattern") })
  }

  @Test(
    "names must be a real time in UTC and plain words",
    arguments: [
      ("20240229235959_a.sql", true), ("20250229000000_a.sql", false), ("20251301000000_a.sql", false),
      ("20250101240000_a.sql", false), ("20250101000000_A.sql", false), ("20250101000000.sql", false),
      ("2025_a.sql", false), ("20250101000000_a.up.sql", false), ("a.sql", false),
    ])
  func names(_ name: String, isGood: Bool) async {
    let report = await lint("", path: "supabase/migrations/" + name)

    #expect(report.of("file-name-format").isEmpty == isGood)
  }

  @Test("the same input gives the same report, in the same order")
  func stable() async {
    let files = (0..<100).map { index in
      (path: "202501010000\(index + 10)_a.sql", sql: "drop table b\(index); create table a\(index) (id int);")
    }

    let first = await lint(files)
    let second = await lint(files)

    #expect(first == second)
    #expect(first.findings == first.findings.sorted())
    #expect(first.files == 100)
  }

  @Test("positions count characters, and stand inside the file")
  func positions() async throws {
    let sql = "\u{FEFF}select 'ü'; /* 😀 */ drop table a;\r\ndrop table b"

    let findings = await lint(sql).of("drop-table")

    #expect(findings.map(\.start) == [SourcePosition(line: 1, column: 22), SourcePosition(line: 2, column: 1)])
    #expect(findings.last?.end == SourcePosition(line: 2, column: 13))
  }
}
