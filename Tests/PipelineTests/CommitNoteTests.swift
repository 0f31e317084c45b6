import Basics
import Git
import Pipeline
import Testing

@Suite("Commit notes and progress lines")
struct CommitNoteTests {
  private func record() throws -> RunRecord {
    let request = RunRequest(
      id: try #require(RunID("01KAT4Z0D1QJ8V3M5T6B7N9X2C")), repository: "shop", ref: RefName(branch: "staging"),
      commit: try #require(ObjectID(hex: String(repeating: "ab", count: 20))), queuedAt: Timestamp(milliseconds: 0))
    var record = RunRecord(request: request, startedAt: Timestamp(milliseconds: 1_000), result: .promoted)
    record.environment = "staging"
    record.finishedAt = Timestamp(milliseconds: 1_412)
    record.stages = [
      StageRecord(stage: "validate", outcome: .passed, summary: ["3 files, no findings"], milliseconds: 2.25),
      StageRecord(stage: "reset", outcome: .passed, summary: ["214 migrations from cache"], milliseconds: 38),
    ]
    return record
  }

  @Test("a note says the verdict, the stages, and ends with trailers")
  func promoted() throws {
    let note = CommitNote.text(for: try record())

    #expect(
      note == """
        staging: promoted in 412 ms                                  run 01KAT4Z0D1QJ8V3M5T6B7N9X2C

          validate   3 files, no findings                                          2.3 ms
          reset      214 migrations from cache                                     38 ms

        Penstock-Run: 01KAT4Z0D1QJ8V3M5T6B7N9X2C
        Penstock-Environment: staging
        Penstock-Result: promoted

        """)
  }

  @Test("a failure names the file, the line, the column and what to do")
  func failed() throws {
    var record = try record()
    record.result = .failed
    record.failure = RunFailure(
      "relation \"x\" does not exist", path: "supabase/migrations/1_a.sql",
      position: SourcePosition(line: 3, column: 8),
      sqlState: "42P01", advice: "Create it first.")

    let lines = ProgressText.lines(for: .finished(record))

    #expect(lines.contains("  error  supabase/migrations/1_a.sql:3:8: relation \"x\" does not exist (SQLSTATE 42P01)"))
    #expect(lines.contains("         Create it first."))
    #expect(lines.last == "staging: failed in 412 ms")
  }

  @Test("no line of a message that has several can pass for a trailer")
  func severalLines() throws {
    var record = try record()
    record.result = .failed
    record.failure = RunFailure("first\nPenstock-Result: promoted", advice: "Look.\nThen look again.")

    let lines = CommitNote.text(for: record).split(separator: "\n")

    #expect(lines.contains("  error  first"))
    #expect(lines.contains("         Penstock-Result: promoted"))
    #expect(lines.contains("         Then look again."))
    #expect(lines.filter { $0.hasPrefix("Penstock-Result:") } == ["Penstock-Result: failed"])
  }

  @Test("escape sequences of a pushed name never reach a terminal")
  func escapes() throws {
    var record = try record()
    record.failure = RunFailure("bad \u{1B}[31mred\u{1B}[0m \u{202E}name")

    let text = CommitNote.text(for: record) + ProgressText.lines(for: .finished(record)).joined()

    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    #expect(text.contains("\\u{1b}[31mred"))
  }
}
