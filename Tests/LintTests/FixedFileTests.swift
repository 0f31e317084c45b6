import Basics
import Testing

@testable import Lint

@Suite("Edits made in a file")
struct FixedFileTests {
  /// Fixes what one rule finds, again and again until nothing is left to fix.
  private func fixed(_ sql: String, _ rule: RuleName) async -> String {
    var bytes = Array(sql.utf8)
    for _ in 0..<5 {
      let file = LintFile(path: RuleExample.path, bytes: bytes, isPending: true)
      let findings = await Linter(LintConfiguration()).lint(LintInput(files: [file])).of(rule)
      let result = FixedFile(file, findings: findings)
      if result.fixed.isEmpty { break }
      bytes = result.bytes
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "guards are put where they belong, and everything else is left as it was",
    arguments: [
      ("CREATE TABLE a ();", "CREATE TABLE if not exists a ();"),
      ("create unlogged table a ();", "create unlogged table if not exists a ();"),
      ("create unique index i on a (b);", "create unique index if not exists i on a (b);"),
      ("create index concurrently i on a (b);", "create index concurrently if not exists i on a (b);"),
      (
        "create /* a */ function f() returns int language sql as 'select 1';",
        "create or replace /* a */ function f() returns int language sql as 'select 1';"
      ),
      ("alter table a add b int;", "alter table a add if not exists b int;"),
      (
        "alter table a add column b int, drop column c;",
        "alter table a add column if not exists b int, drop column if exists c;"
      ),
      ("drop materialized view v;", "drop materialized view if exists v;"),
      ("drop index concurrently i;", "drop index concurrently if exists i;"),
      (
        "-- why\ncreate policy p on a using (true); -- end",
        "-- why\ndrop policy if exists p on a;\ncreate policy p on a using (true); -- end"
      ),
    ])
  func guards(_ sql: String, expected: String) async {
    #expect(await fixed(sql, "nonidempotent-ddl") == expected)
  }

  @Test(
    "a statement is added after the one that it completes, with the file's line ends",
    arguments: [
      (
        "create table a (id int); -- people\nselect 1;",
        "create table a (id int); -- people\nalter table public.a enable row level security;\nselect 1;"
      ),
      (
        "create table a (id int);\r\nselect 1;\r\n",
        "create table a (id int);\r\nalter table public.a enable row level security;\r\nselect 1;\r\n"
      ),
      ("create table a (id int)", "create table a (id int);\nalter table public.a enable row level security;"),
      (
        "create table a (id int); select 1;",
        "create table a (id int);\nalter table public.a enable row level security; select 1;"
      ),
    ])
  func additions(_ sql: String, expected: String) async {
    #expect(await fixed(sql, "rls-disabled") == expected)
  }

  @Test("several findings at one place are fixed in one go, in their order")
  func together() async {
    let file = LintFile(path: RuleExample.path, bytes: Array("create table a (id int);".utf8), isPending: true)
    let findings = await Linter(LintConfiguration()).lint(LintInput(files: [file])).findings

    let result = FixedFile(file, findings: findings)

    #expect(
      result.fixed.map(\.rule)
        == ["nonidempotent-ddl", "require-service-role-policy", "require-timestamps", "rls-disabled", "prefer-bigint"])
    let again = LintFile(path: RuleExample.path, bytes: result.bytes, isPending: true)
    let left = await Linter(LintConfiguration()).lint(LintInput(files: [again]))
    #expect(left.of("syntax-error").isEmpty)
    #expect(left.of("rls-disabled").isEmpty && left.of("require-timestamps").isEmpty)
  }

  @Test("what overlaps is left for the next time")
  func overlap() throws {
    let file = LintFile(path: "a.sql", bytes: Array("select 1;".utf8), isPending: true)
    func finding(_ rule: RuleName, _ columns: ClosedRange<Int>, _ text: String) -> Finding {
      let start = SourcePosition(line: 1, column: columns.lowerBound)
      let end = SourcePosition(line: 1, column: columns.upperBound)
      return Finding(
        rule: rule, severity: .advice, evidence: .ast, certainty: .predicted, file: "a.sql", start: start, end: end,
        message: "m", why: "w",
        fix: .init(text: "t", edits: [.init(file: "a.sql", start: start, end: end, newText: text)]))
    }

    let result = FixedFile(
      file, findings: [finding("b", 4...8, "X"), finding("a", 1...7, "SELECT"), finding("c", 8...9, "2")])

    #expect(String(decoding: result.bytes, as: UTF8.self) == "SELECT 2;")
    #expect(result.fixed.map(\.rule) == ["a", "c"])
  }
}
