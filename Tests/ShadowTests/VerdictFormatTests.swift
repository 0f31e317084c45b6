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

  @Test("as text it groups root causes by kind, with what follows from each, and counts in the end")
  func text() {
    #expect(
      VerdictText(isColored: false).render(sample) == """
        broken in itself: no server takes it as it stands, so mend the statement
          m/2_b.sql:3:8
            1 file follows from it: 3_c.sql
            relation "x" does not exist (42P01)
            Hint: look again

        no migration's name: it is passed over, so rename it to <version>_<name>.sql, or move it away
          m/seed.sql
            the file name does not match

        1 of 3 migrations applied on PostgreSQL 15.18 with the profile supabase: 1 root cause, and 1 file follows from it.
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
    var misnamed = FileVerdict(file: "m/seed.sql", version: "", outcome: .skipped)
    (misnamed.class, misnamed.message) = (.badName, "the file name does not match")
    return HistoryVerdict(
      server: "15.18", profile: .supabase,
      files: [FileVerdict(file: "m/1_a.sql", version: "1", outcome: .applied), broken, follower, misnamed],
      emulated: ["vector"],
      tolerated: [.init(file: "m/1_a.sql", line: 4, what: "transaction_timeout needs PostgreSQL 17")])
  }
}
