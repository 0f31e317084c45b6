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

  @Test("a check and a foreign key are added without a look at the rows, and validated in the next migrations")
  func notValid() async {
    let outcome = await fix(
      [
        (
          "m/20250101000000_a.sql",
          "-- grown up\nalter table a\n  add constraint old check (age > 17), -- years\n  add foreign key (b) references b (id) on delete cascade;\n"
        )
      ], rules: "check-not-valid", "fk-not-valid", "left-not-valid-constraint")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql":
          "-- grown up\nalter table a\n  add constraint old check (age > 17) not valid, -- years\n  add constraint a_b_fkey foreign key (b) references b (id) on delete cascade not valid;\n",
        "m/20270115080001_validate_old.sql": "alter table public.a validate constraint old;\n",
        "m/20270115080002_validate_a_b_fkey.sql": "alter table public.a validate constraint a_b_fkey;\n",
      ])
    #expect(outcome.report.findings.isEmpty)
  }

  @Test("a check of a new column gets a statement of its own")
  func columnCheck() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "alter table a add column b int default 1 check (b > 0), add column c int;\n")],
      rules: "add-column-check-scan", "check-not-valid", "left-not-valid-constraint")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql": """
        alter table a add column b int default 1, add column c int;
        alter table public.a add constraint a_b_check check (b > 0) not valid;

        """,
        "m/20270115080001_validate_b_check.sql": "alter table public.a validate constraint a_b_check;\n",
      ])
    #expect(outcome.report.findings.isEmpty)
  }

  @Test("NOT NULL goes by way of a check, and what is new has no finding of its kin")
  func notNull() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "alter table a alter column b set not null; -- at last\n")],
      rules: "set-not-null-scan", "check-not-valid", "validate-in-same-tx", "drop-constraint")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql":
          "alter table a add constraint a_b_not_null check (b is not null) not valid; -- at last\n",
        "m/20270115080001_set_a_b_not_null.sql": """
        alter table public.a validate constraint a_b_not_null;
        alter table public.a alter column b set not null;
        alter table public.a drop constraint a_b_not_null;

        """,
      ])
    #expect(outcome.report.findings.isEmpty)
  }

  @Test("a unique constraint gets its index first, in a migration that runs outside a transaction")
  func uniqueConstraint() async {
    let outcome = await fix(
      [("m/20250101000000_a.sql", "-- one each\nalter table a add constraint one unique (b, c);\n")],
      rules: "unique-without-index", "create-index-not-concurrent")
    let among = await fix(
      [("m/20250101000000_a.sql", "select 1;\n\nalter table a add unique (b);\n\nselect 2;\n")],
      rules: "unique-without-index")
    let needed = await fix(
      [
        (
          "m/20250101000000_a.sql",
          "alter table a add unique (b);\ninsert into a values (1) on conflict (b) do nothing;"
        )
      ],
      rules: "unique-without-index")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql":
          "-- supabase:disable-transaction\n-- one each\ncreate unique index concurrently if not exists one_idx on public.a (b, c);\n",
        "m/20270115080001_add_one.sql": "alter table public.a add constraint one unique using index one_idx;\n",
      ])
    #expect(outcome.report.findings.isEmpty)
    #expect(
      texts(among).keys.sorted() == [
        "m/20250101000000_a.sql", "m/20270115080001_build_a_b_key.sql", "m/20270115080002_add_a_b_key.sql",
      ])
    #expect(texts(among)["m/20250101000000_a.sql"] == "select 1;\n\nselect 2;\n")
    #expect(needed.changes.isEmpty && needed.report.findings.count == 1)
  }

  @Test("a validation beside its addition goes into the next migration")
  func validation() async {
    let outcome = await fix(
      [
        (
          "m/20250101000000_a.sql",
          "alter table a add constraint c check (b > 0) not valid;\nalter table a validate constraint c;\n"
        )
      ], rules: "validate-in-same-tx", "left-not-valid-constraint")

    #expect(
      texts(outcome) == [
        "m/20250101000000_a.sql": "alter table a add constraint c check (b > 0) not valid;\n",
        "m/20270115080001_validate_c.sql": "alter table public.a validate constraint c;\n",
      ])
    #expect(outcome.report.findings.isEmpty)
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
