import Testing

@testable import Lint

@Suite("Migrations that were others when they were applied")
struct AppliedFileTests {
  private static let path = "m/20250101000000_a.sql"

  private func report(_ sql: String, isPending: Bool, applied: [String]?) async -> LintReport {
    var input = LintInput(files: [LintFile(path: Self.path, bytes: Array(sql.utf8), isPending: isPending)])
    input.appliedVersions = applied
    input.changedFiles = [Self.path]
    return await Linter(LintConfiguration()).lint(input)
  }

  @Test("one that the target has applied is an error, although nothing else is said of it, and no comment silences it")
  func applied() async {
    let report = await report(
      "-- penstock: ignore-file applied-file-changed it was a typo\ncreate table a (b int);", isPending: false,
      applied: ["20250101000000"])

    #expect(report.findings.map(\.rule) == ["applied-file-changed"])
    #expect(report.findings.map(\.severity) == [.error])
  }

  @Test("one that the default branch has may not be applied anywhere, and is a warning")
  func published() async {
    let report = await report("select 1;", isPending: true, applied: nil)

    #expect(report.of("applied-file-changed").map(\.severity) == [.warning])
  }
}
