import Daemon
import Foundation
import Git
import Pipeline
import Postgres
import TestSupport
import Testing

@Suite("A push")
struct PushTests {
  @Test("a first push is promoted, and the pusher, the note, the history and the target all say so")
  func firstPush() async throws {
    try await Shop.with { shop in
      let (commit, outcome) = try await shop.push(
        "invoices", ["migrations/20250101000000_invoices.sql": Shop.table("invoices")])

      #expect(outcome.isSuccess, "\(outcome.standardError)")
      #expect(outcome.standardError.contains("staging: promoted in"), "\(outcome.standardError)")
      #expect(try await shop.versions() == ["20250101000000"])
      #expect(try await shop.hasTable("invoices"))
      let note = try await shop.note(of: commit)
      #expect(note.contains("Penstock-Result: promoted"), "\(note)")
      #expect(note.contains("+ table"), "\(note)")
    }
  }

  @Test("a second push applies only what is new")
  func secondPush() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])

      let runs = try await shop.runs()

      #expect(try await shop.versions() == ["20250101000000", "20250102000000"])
      #expect(runs.count == 2)
      #expect(runs.map(\.result) == [.promoted, .promoted])
      let second = try await shop.record(of: try #require(runs.first).id)
      #expect(second.migrations.map(\.version) == ["20250102000000"])
    }
  }

  @Test("a migration that fails is refused with file, line and column, and the target does not change")
  func failedMigration() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let before = try await shop.fingerprint()
      let broken = Shop.table("two") + "create index if not exists x on public.missing (id);\n"

      let (commit, outcome) = try await shop.push("two", ["migrations/20250102000000_two.sql": broken])

      #expect(outcome.standardError.contains("migrations/20250102000000_two.sql:8:"), "\(outcome.standardError)")
      #expect(outcome.standardError.contains("staging: failed"), "\(outcome.standardError)")
      #expect(try await shop.note(of: commit).contains("Penstock-Result: failed"))
      #expect(try await shop.fingerprint() == before)
      #expect(try await shop.versions() == ["20250101000000"])
      #expect(try await !shop.hasTable("two"))
    }
  }

  @Test("a push that fails leaves the shadow where it was, and the next good one begins there at once")
  func shadowStandsReady() async throws {
    try await Shop.with { shop in
      // A shadow is for a target with certain roles, and tests beside this one make some on the same server.
      var roles: Set = [try await shop.roles()]
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let broken = Shop.table("two") + "select 1 / 0;\n"
      try await shop.push("two", ["migrations/20250102000000_two.sql": broken])
      roles.insert(try await shop.roles())
      let (_, good) = try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])
      roles.insert(try await shop.roles())
      let (_, next) = try await shop.push("three", ["migrations/20250103000000_three.sql": Shop.table("three")])
      roles.insert(try await shop.roles())

      #expect(good.isSuccess && next.isSuccess)
      let records = try await shop.runs().asyncMap { try await shop.record(of: $0.id) }
      #expect(records.map(\.result) == [.promoted, .promoted, .failed, .promoted])
      let resets: [String?] = records.map { $0.stages.first { $0.stage == "reset" }?.summary.first }
      if roles.count == 1 {
        #expect(
          resets == [
            "2 migrations stood ready", "1 migration stood ready", "1 migration stood ready", "0 migrations from cache",
          ])
      }
      // The command line makes all of it anew, on a shadow of its own.
      let cold = try await shop.penstock(
        "run", "staging", "--dry-run", "--format", "json", "--database", "\(shop.target)")
      let replayed = try JSONDecoder().decode(RunRecord.self, from: Data(cold.output.utf8))
      #expect(replayed.evidence.after != nil)
      #expect(replayed.evidence.after == records[0].evidence.after)
    }
  }

  @Test("a force-push that loses an applied migration is refused, and says which")
  func forcePush() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      try await shop.repository.git("reset", "--quiet", "--hard", "HEAD~1")

      let (_, outcome) = try await shop.push(
        "other", ["migrations/20250103000000_other.sql": Shop.table("other")], force: true)

      #expect(outcome.standardError.contains("20250101000000"), "\(outcome.standardError)")
      #expect(outcome.standardError.contains("staging: failed"), "\(outcome.standardError)")
      #expect(try await shop.versions() == ["20250101000000"])
      #expect(try await !shop.hasTable("other"))
    }
  }

  @Test("a deleted branch starts no run, and the next push to it does")
  func deletedBranch() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      let deletion = try await shop.repository.push(":refs/heads/staging", environment: shop.environment)
      let (_, outcome) = try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])

      #expect(deletion.isSuccess, "\(deletion.standardError)")
      #expect(outcome.standardError.contains("staging: promoted"), "\(outcome.standardError)")
      #expect(try await shop.runs().count == 2)
    }
  }

  @Test("a newer push takes the place of a run that waits, and the older commit is told")
  func superseded() async throws {
    try await Shop.with(pipeline: Shop.pipeline(gate: true)) { shop in
      let (older, _) = try await shop.push(
        "one", ["migrations/20250101000000_one.sql": Shop.table("one")], options: ["penstock.skip-wait"])
      let (newer, _) = try await shop.push(
        "two", ["migrations/20250102000000_two.sql": Shop.table("two")], options: ["penstock.skip-wait"])
      let run = try #require(try await shop.runs().first { $0.request.commit == newer })

      let approval = try await shop.penstock("approve", run.request.id.rawValue)
      let end = try await shop.penstock("attach", run.request.id.rawValue)

      #expect(approval.exitCode == 0, "\(approval.error)")
      #expect(end.exitCode == 0, "\(end.error)")
      #expect(try await shop.versions() == ["20250101000000", "20250102000000"])
      let note = try await shop.note(of: older)
      #expect(note.contains("superseded"), "\(note)")
      #expect(note.contains(newer.abbreviated), "\(note)")
    }
  }

  @Test("drift of the target is refused")
  func drift() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      try await Connection.with(shop.target, as: "test") {
        _ = try await $0.execute("alter table public.one add column by_hand text")
      }

      let (_, outcome) = try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])

      #expect(outcome.standardError.contains("by_hand"), "\(outcome.standardError)")
      #expect(try await !shop.hasTable("two"))
    }
  }

  @Test("a misnamed file is refused in the push that brings it, and passed over by name from then on")
  func misnamedFile() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      let (_, refused) = try await shop.push("two", ["migrations/two.sql": Shop.table("two")])
      let (_, later) = try await shop.push("three", ["migrations/20250103000000_three.sql": Shop.table("three")])

      #expect(refused.standardError.contains("file-name-format"), "\(refused.standardError)")
      #expect(refused.standardError.contains("staging: failed"), "\(refused.standardError)")
      #expect(later.standardError.contains("passed over: two.sql"), "\(later.standardError)")
      #expect(try await shop.versions() == ["20250101000000", "20250103000000"])
    }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
