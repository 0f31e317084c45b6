import Basics
import Configuration
import Testing

@testable import Lint

@Suite("The lint section of penstock.yaml")
struct LintConfigurationTests {
  @Test("all keys are read")
  func keys() throws {
    let configuration = try LintConfiguration(
      yaml: """
        lint:
          profile: postgres
          rules: { drop-table: warning, require-table-comment: off }
          paths:
            - match: supabase/migrations/2023*
              rules: { drop-table: off }
          exempt: { schemas: [legacy], tables: [public.spatial_ref_sys] }
          naming: { file: '\\d+_.*\\.sql', table: '[a-z]+s' }
          api-schemas: [public, api]
        """,
      file: "penstock.yaml")

    #expect(configuration.profile == .postgres)
    #expect(configuration.severities == ["drop-table": .warning, "require-table-comment": .off])
    #expect(configuration.overrides.map(\.files.pattern) == ["supabase/migrations/2023*"])
    #expect(configuration.exemptSchemas == ["legacy"])
    #expect(configuration.exemptTables == ["public.spatial_ref_sys"])
    #expect(configuration.fileNamePattern == #"\d+_.*\.sql"#)
    #expect(configuration.namePatterns == [.table: "[a-z]+s"])
    #expect(configuration.apiSchemas == ["public", "api"])
  }

  @Test("a file without the section, or an empty one, means the defaults", arguments: ["", "other: 1\n", "lint:\n"])
  func empty(_ yaml: String) throws {
    #expect(try LintConfiguration(yaml: yaml, file: "penstock.yaml") == LintConfiguration())
  }

  @Test("every problem is reported, with its place and the nearest spelling")
  func problems() {
    let yaml = """
      lint:
        rules:
          drop-tabel: off
          drop-table: fatal
        exempts: {}
        naming: { file: '(' }
      """

    let error = #expect(throws: InvalidFile.self) { try LintConfiguration(yaml: yaml, file: "penstock.yaml") }

    let problems = error?.problems.map(\.description) ?? []
    #expect(problems.count == 4)
    #expect(problems.first == "penstock.yaml:3:5: there is no rule drop-tabel (did you mean drop-table?)")
    #expect(problems.dropFirst().first?.hasPrefix("penstock.yaml:4:17: lint.rules.drop-table is fatal") == true)
    #expect(problems.dropFirst(2).first == "penstock.yaml:5:3: unknown key exempts (did you mean exempt?)")
    #expect(problems.last?.hasPrefix("penstock.yaml:6:19: this is no regular expression") == true)
  }

  @Test("what is not YAML is refused with its place")
  func notYAML() {
    let error = #expect(throws: InvalidFile.self) { try LintConfiguration(yaml: "lint: [", file: "penstock.yaml") }

    #expect(error?.problems.first?.position != nil)
  }

  @Test("a pipeline's severities stand over the repository's")
  func narrowed() throws {
    var configuration = try LintConfiguration(
      yaml: "lint: { rules: { drop-table: off, drop-column: off } }", file: "penstock.yaml")

    configuration.narrow(with: ["drop-table": .error])

    #expect(configuration.severities == ["drop-table": .error, "drop-column": .off])
  }

  @Test("a severity can be changed, for all files or for some")
  func severities() async throws {
    var configuration = LintConfiguration()
    configuration.severities = ["drop-table": .warning]
    configuration.overrides = [.init(files: try #require(Glob("old/**")), severities: ["drop-table": .off])]

    let report = await lint(
      [
        ("new/20250101000000_a.sql", "drop table if exists public.a;"),
        ("old/deep/20240101000000_b.sql", "drop table if exists public.b;"),
      ],
      configuration)

    #expect(report.of("drop-table").map(\.file) == ["new/20250101000000_a.sql"])
    #expect(report.of("drop-table").map(\.severity) == [.warning])
  }

  @Test("exempt tables and schemas are left alone, and so are the platform's")
  func exempt() async {
    var configuration = LintConfiguration()
    configuration.exemptSchemas = ["legacy"]
    configuration.exemptTables = ["public.a", "b"]

    let report = await lint(
      "create table legacy.t (); create table a (); create table public.b (); create table auth.c ();"
        + "create table public.d ();",
      path: RuleExample.path, configuration)

    #expect(report.of("require-primary-key").compactMap(\.object) == ["public.d"])
  }

  @Test("the rules for Supabase are silent on plain PostgreSQL")
  func profile() async {
    let report = await lint(
      "create table public.a (id bigint primary key);", path: RuleExample.path, LintConfiguration(profile: .postgres))

    #expect(report.of("rls-disabled").isEmpty)
    #expect(report.of("require-service-role-policy").isEmpty)
    #expect(!report.of("require-timestamps").isEmpty)
  }
}
