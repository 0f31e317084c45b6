import Foundation
import Testing

@testable import Lint

@Suite("Fixes carried out")
struct FixerTests {
  /// 2027-01-15 08:00:00 UTC.
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func fix(
    _ files: [(path: String, sql: String)], applied: [String]? = nil, isEditable: (String) -> Bool = { _ in true },
    rules: RuleName...
  ) async -> Fixer.Outcome {
    var configuration = LintConfiguration()
    for rule in Rules.all where !rules.contains(rule.about.name) { configuration.severities[rule.about.name] = .off }
    var input = input(files)
    input.appliedVersions = applied
    return await Fixer(configuration, now: Self.now, taken: ["20270115080000"]).fix(input, isEditable: isEditable)
  }

  private func texts(_ outcome: Fixer.Outcome) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: outcome.changes.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
  }

  @Test("an index among other statements moves into a migration of its own, with its comment, and with the line ends")
  func movedIndex() async {
    let outcome = await fix(
      [
        (
          "m/20250101000000_a.sql",
          "alter table a add b int; -- first\r\n\r\n-- for look-ups\r\ncreate index a_b on a (b); -- fast\r\n\r\nselect 1;\r\n"
        )
      ], rules: "create-index-not-concurrent")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql": "alter table a add b int; -- first\r\n\r\nselect 1;\r\n",
        "m/20270115080001_build_a_b.sql":
          "-- supabase:disable-transaction\r\n-- for look-ups\r\ncreate index concurrently a_b on a (b); -- fast\r\n",
      ])
    #expect(outcome.report.findings.isEmpty)
    #expect(outcome.fixed.count == 1)
  }

  @Test("where other migrations follow, what is new comes right after its file")
  func placed() async {
    let outcome = await fix(
      [
        ("m/20250101000000_a.sql", "select 1;\ncreate index i on a (b);\ncreate index j on a (c);\n"),
        ("m/20250102000000_b.sql", "drop index i;"),
      ], rules: "create-index-not-concurrent")

    #expect(
      texts(outcome).keys.sorted() == [
        "m/20250101000000_a.sql", "m/20250101000001_build_i.sql", "m/20250101000002_build_j.sql",
      ])
  }

  @Test(
    "an index that the rest of its file may need, or that its session decides, stays for a person",
    arguments: [
      "create index i on a (b);\ncluster a using i;",
      "create unique index i on a (b);\ninsert into a values (1) on conflict (b) do nothing;",
      "set search_path = app;\ncreate index i on a (b);",
      "create table p (a int) partition by range (a);\nselect 1;\ncreate index i on other_p (a);\ndrop index i;",
    ])
  func unmovable(_ sql: String) async {
    let outcome = await fix([("m/20250101000000_a.sql", sql)], rules: "create-index-not-concurrent")

    #expect(outcome.changes.isEmpty)
    #expect(outcome.report.findings.count == 1)
  }

  @Test("an index alone in its file stays there, and the file says that it runs outside a transaction")
  func loneIndex() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "create index i on a (b);\n")], rules: "create-index-not-concurrent")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql": "-- supabase:disable-transaction\ncreate index concurrently i on a (b);\n"
      ])
  }

  @Test("overlapping fixes are made one after the other")
  func overlap() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "select 1;\ncreate index i on a (b);\n")],
      rules: "create-index-not-concurrent", "nonidempotent-ddl")

    #expect(outcome.report.findings.isEmpty)
    #expect(
      texts(outcome)["m/20270115080001_build_i.sql"]?.hasSuffix("create index concurrently if not exists i on a (b);\n")
        == true)
  }

  @Test("misnamed files get names, and each of those that share a version gets its own, in their order")
  func names() async {
    let outcome = await fix(
      [
        ("m/20250101000000_a.sql", "select 1;"), ("m/20250101000000_b.sql", "select 2;"),
        ("m/20250101000000_c.sql", "select 3;"), ("m/20250202000000_d.sql", "select 4;"),
        ("m/20250303000000_Add Users.sql", "select 5;"),
      ], rules: "file-name-format", "duplicate-or-out-of-order-version")

    #expect(
      outcome.changes.map { [$0.oldPath, $0.path] } == [
        ["m/20250101000000_b.sql", "m/20250101000001_b.sql"], ["m/20250101000000_c.sql", "m/20250101000002_c.sql"],
        ["m/20250303000000_Add Users.sql", "m/20250303000000_add_users.sql"],
      ])
    #expect(outcome.changes.allSatisfy { $0.bytes == $0.oldBytes })
    #expect(outcome.report.findings.isEmpty)
  }

  @Test("a migration older than what is applied comes after that, before those that may need it")
  func outOfOrder() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "select 1;"), ("m/20250701000000_b.sql", "select 2;")],
      applied: ["20250601000000"], rules: "duplicate-or-out-of-order-version")

    #expect(outcome.changes.map(\.path) == ["m/20250601000001_a.sql"])
  }

  @Test(
    "a version that is no time, and a file without one, get the time now",
    arguments: ["20251332000000_a.sql", "20251332_a.sql", "a.sql"])
  func noTime(_ name: String) async {
    let outcome = await fix([("m/\(name)", "select 1;")], rules: "file-name-format")

    #expect(outcome.changes.map(\.path) == ["m/20270115080001_a.sql"])
  }

  @Test("a file that must not be changed is left alone, and said to be")
  func forbidden() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "create index i on a (b);"), ("m/20250102000000_b.sql", "create index j on a (b);")],
      isEditable: { $0.hasSuffix("b.sql") }, rules: "create-index-not-concurrent")

    #expect(outcome.changes.map(\.path) == ["m/20250102000000_b.sql"])
    #expect(outcome.forbidden.map(\.file) == ["m/20250101000000_a.sql"])
  }

  @Test("a fix that leaves the finding, as one whose new name the project's pattern refuses, is not kept")
  func useless() async {
    var configuration = LintConfiguration()
    configuration.fileNamePattern = #"\d{14}-[a-z]+\.sql"#

    let outcome = await Fixer(configuration, now: Self.now).fix(input([("m/20250101000000_A.sql", "select 1;")]))

    #expect(outcome.changes.isEmpty)
    #expect(!outcome.report.of("file-name-format").isEmpty)
  }
}
