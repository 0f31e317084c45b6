import Basics
import Migrations
import Testing

@Suite("A comparison of files and history")
struct HistoryComparisonTests {
  private func set(_ migrations: Migration...) -> MigrationSet {
    MigrationSet(files: migrations.map { ($0.path, $0.bytes) })
  }

  private func row(_ version: String, _ statements: [String]?, name: String? = nil) -> HistoryEntry {
    HistoryEntry(version: version, name: name, statements: statements)
  }

  @Test("finds what is applied, pending, missing and out of order")
  func states() {
    let comparison = HistoryComparison(
      set(.of("1_a", "select 1;"), .of("2_b", "select 2;"), .of("4_d", "select 4;"), .of("5_e", "select 5;")),
      [row("4", ["select 4"]), row("3", ["select 3"], name: "c"), row("1", ["select 1"])])

    #expect(comparison.entries.map(\.version) == ["1", "2", "3", "4", "5"])
    #expect(comparison.entries.map(\.status) == [.applied, .outOfOrder, .missing, .applied, .pending])
    #expect(comparison.pending.map(\.version) == ["2", "5"])
    #expect(comparison.divergent.map(\.version) == ["3"])
    #expect(comparison.divergent.first?.name == "c")
  }

  @Test("shows an edit statement by statement")
  func edited() {
    let comparison = HistoryComparison(
      set(.of("1_a", "select 1;\nselect 3;\nselect 4;")), [row("1", ["select 1", "select 2", "select 4"])])

    #expect(comparison.entries.map(\.status) == [.edited])
    #expect(comparison.entries[0].edits == [.removed("select 2"), .added("select 3")])
  }

  @Test(
    "takes white space and comments for no edit",
    arguments: [
      "select  1;\n\n\n", "-- why\nselect 1;", "select /* the */ 1;", "select\r\n1;\r\n",
    ])
  func reformatted(text: String) {
    let comparison = HistoryComparison(set(.of("1_a", text)), [row("1", ["select 1"])])

    #expect(comparison.entries.map(\.status) == [.applied])
    #expect(comparison.entries[0].isReformatted)
  }

  @Test(
    "takes white space and dashes inside quotes for what they are",
    arguments: [
      ("select 'a  b'", "select 'a b';"), ("select '--a'", "select '--b';"),
      ("do $$ begin  end $$", "do $$ begin end $$;"),
      ("select \"a  b\"", "select \"a b\";"),
    ])
  func quotes(applied: String, text: String) {
    let comparison = HistoryComparison(set(.of("1_a", text)), [row("1", [applied])])

    #expect(comparison.entries.map(\.status) == [.edited])
  }

  @Test("accepts a file whose statements the history keeps as one")
  func oneElement() {
    let comparison = HistoryComparison(
      set(.of("1_a", "select 1;\nselect 2;\n")), [row("1", ["select 1;\nselect 2;\n"])])

    #expect(comparison.entries.map(\.status) == [.applied])
  }

  @Test("takes a history without statements as no evidence, unless the checksum is known")
  func withoutStatements() {
    let migration = Migration.of("1_a", "select 1;")

    #expect(HistoryComparison(set(migration), [row("1", nil)]).entries[0].status == .applied)
    #expect(
      HistoryComparison(set(migration), [row("1", nil)], checksums: ["1": migration.checksum]).entries[0].status
        == .applied)
    #expect(
      HistoryComparison(set(migration), [row("1", nil)], checksums: ["1": Digest(of: "x")]).entries[0].status
        == .edited)
  }

  @Test("believes a checksum before it looks at statements")
  func checksum() {
    let migration = Migration.of("1_a", "select 1;")

    let comparison = HistoryComparison(
      set(migration), [row("1", ["something", "else"])], checksums: ["1": migration.checksum])

    #expect(comparison.entries[0].status == .applied)
    #expect(!comparison.entries[0].isReformatted)
  }

  @Test("of a version in use twice takes the file that was applied, and calls the other a duplicate")
  func duplicates() {
    let set = set(.of("1_a", "select 1;"), .of("1_b", "select 2;"))

    let applied = HistoryComparison(set, [row("1", ["select 2"], name: "b")])
    let pending = HistoryComparison(set, [])

    #expect(applied.entries.map(\.status) == [.duplicate, .applied])
    #expect(pending.entries.map(\.status) == [.pending, .duplicate])
    #expect(pending.pending.map(\.name) == ["a"])
  }

  @Test("compares a file that cannot be split byte by byte")
  func notSQL() {
    let broken = Migration.of("1_a", "select 'never ends;")

    #expect(HistoryComparison(set(broken), [row("1", ["select 'never ends"])]).entries[0].status == .edited)
  }
}
