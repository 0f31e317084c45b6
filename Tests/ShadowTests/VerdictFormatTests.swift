import Foundation
import Migrations
import TestSupport
import Testing

@testable import Shadow

@Suite("How a verdict is written")
struct VerdictFormatTests {
  @Test("as JSON it is what the schema describes, with everything in it and with next to nothing")
  func schema() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "docs/schema/verdict.schema.json")))

    for verdict in [
      sample, HistoryVerdict(server: "15.18", profile: .postgres, files: [], emulated: [], tolerated: []),
    ] {
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(verdict))
      #expect(JSONSchema.faults(of: json, against: schema) == [])
    }
    var wrong = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as? [String: Any])
    wrong["surprise"] = 1
    wrong["server"] = nil
    #expect(JSONSchema.faults(of: wrong, against: schema).count == 2)
  }

  @Test("the schema knows every class and outcome")
  func schemaCases() throws {
    let files = FailureClass.allCases.flatMap { kind in
      FileVerdict.Outcome.allCases.map { outcome in
        var file = FileVerdict(file: "1_a.sql", version: "1", outcome: outcome)
        file.class = kind
        return file
      }
    }
    var verdict = sample
    verdict.files = files
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "docs/schema/verdict.schema.json")))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(verdict))

    #expect(JSONSchema.faults(of: json, against: schema) == [])
  }

  @Test("files of which none has a migration's name are wrong, and no files are not")
  func nothingToApply() {
    var stray = FileVerdict(file: "m/V1__a.sql", version: "", outcome: .skipped)
    stray.class = .badName
    let strays = HistoryVerdict(server: "15.18", profile: .postgres, files: [stray], emulated: [], tolerated: [])
    let nothing = HistoryVerdict(server: "15.18", profile: .postgres, files: [], emulated: [], tolerated: [])

    #expect(!strays.isClean)
    #expect(VerdictText(isColored: false).brief(strays).hasPrefix("No file's name is a migration's.\n"))
    #expect(nothing.isClean)
    #expect(VerdictText(isColored: false).brief(nothing) == "There are no migrations.")
  }

  @Test("what a profile lacks may be in the other")
  func profileGap() {
    var file = FileVerdict(file: "m/1_a.sql", version: "1", outcome: .failed)
    file.class = .platformGap
    let text = [Profile.postgres, .supabase].map { profile in
      VerdictText(isColored: false).render(
        HistoryVerdict(server: "15.18", profile: profile, files: [file], emulated: [], tolerated: []))
    }

    #expect(text[0].contains("try --profile supabase"))
    #expect(!text[1].contains("--profile"))
  }

  @Test("as text it groups root causes by kind, with what follows from each, and counts in the end")
  func text() {
    #expect(
      VerdictText(isColored: false).render(sample) == """
        no beginning: 1 file needs what no file of the folder makes, so the beginning of the history is missing: bring what \
        the database had before them, as supabase db pull writes it
          m/4_d.sql:2
            relation t (2 files), type m

        broken in itself: no server takes it as it stands, so mend the statement
          m/2_b.sql:3:8
            1 file follows from it: 3_c.sql
            relation "x" does not exist (42P01)
            Hint: look again

        too early: it needs what only a later file brings, so give it a later version, or the other an earlier one
          m/5_e.sql:1
          m/6_f.sql:1
            relation "y0" does not exist: 7_g.sql, which comes later, makes it (42P01)
            and so on for 1 other thing that it makes

        no migration's name: it is passed over, so rename it to <version>_<name>.sql, or move it away
          m/seed.sql
            the file name does not match

        1 of 6 migrations applied on PostgreSQL 15.18 with the profile supabase: 4 root causes, and 1 file follows from them.
        Stand-ins for extensions: vector.
        Tolerated: transaction_timeout needs PostgreSQL 17 (m/1_a.sql:4).

        """)
  }

  private var sample: HistoryVerdict {
    var broken = FileVerdict(file: "m/2_b.sql", version: "2", outcome: .failed, milliseconds: 1.5)
    broken.class = .broken
    (broken.sqlState, broken.line, broken.column) = ("42P01", 3, 8)
    broken.message = "relation \"x\" does not exist\nHint: look again"
    var follower = FileVerdict(file: "m/3_c.sql", version: "3", outcome: .failed)
    (follower.class, follower.because) = (.knockOn, "m/2_b.sql")
    let early = ["m/5_e.sql", "m/6_f.sql"].enumerated().map { number, file in
      var early = FileVerdict(file: file, version: "\(number + 5)", outcome: .failed)
      (early.class, early.madeBy, early.sqlState) = (.order, "m/7_g.sql", "42P01")
      (early.line, early.message) = (1, "relation \"y\(number)\" does not exist: 7_g.sql, which comes later, makes it")
      return early
    }
    var orphan = FileVerdict(file: "m/4_d.sql", version: "4", outcome: .failed)
    (orphan.class, orphan.line, orphan.message) = (.broken, 2, "no file makes it")
    var misnamed = FileVerdict(file: "m/seed.sql", version: "", outcome: .skipped)
    (misnamed.class, misnamed.message) = (.badName, "the file name does not match")
    var verdict = HistoryVerdict(
      server: "15.18", profile: .supabase,
      files: [FileVerdict(file: "m/1_a.sql", version: "1", outcome: .applied), broken, follower, orphan] + early + [
        misnamed
      ],
      emulated: ["vector"],
      tolerated: [.init(file: "m/1_a.sql", line: 4, what: "transaction_timeout needs PostgreSQL 17")])
    verdict.missingBeginning = .init(
      files: ["m/4_d.sql"],
      objects: [.init(kind: "relation", name: "t", files: 2), .init(kind: "type", name: "m", files: 1)])
    return verdict
  }
}
