import Daemon
import Foundation
import Migrations
import Pipeline
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("Drift and the way back", .timeLimit(.minutes(5)))
struct DriftTests {
  @Test("drift: adopt takes what somebody did by hand into the history, and fetch writes its file")
  func adopt() async throws {
    try await Shop.with(pipeline: Shop.pipeline(diff: "{ drift: adopt }")) { shop in
      let first = "migrations/20260101000000_a.sql"
      try await shop.push("first", [first: Shop.table("a")])
      try await Connection.with(shop.target, as: "test") {
        _ = try await $0.script("alter table a add column by_hand int; create index by_hand on a (by_hand)")
      }

      let push = try await shop.push("second", ["migrations/20260102000000_b.sql": Shop.table("b")])

      #expect(try await shop.note(of: push.commit).contains("adopted as 20260101000001_adopted_drift"))
      #expect(try await shop.versions() == ["20260101000000", "20260101000001", "20260102000000"])
      #expect(try await shop.hasTable("b"))

      let fetch = try await shop.penstock("fetch", "--database", shop.target.description)
      let path = "migrations/20260101000001_adopted_drift.sql"
      #expect(fetch.output == path + "\n", "\(fetch.output) \(fetch.error)")
      let file = try String(contentsOfFile: shop.repository.clone.appending(path).string, encoding: .utf8)
      #expect(file.contains("ADD COLUMN by_hand integer") && file.contains("CREATE INDEX by_hand"), "\(file)")
      let third = try await shop.push(
        "third", [path: file, "migrations/20260103000000_c.sql": Shop.table("c")])
      #expect(try await shop.note(of: third.commit).hasPrefix("staging: promoted in"))
      #expect(try await shop.hasTable("c"))
    }
  }

  @Test("on-divergence: revert undoes what the commit has not, by what was kept, and says what goes with it")
  func revert() async throws {
    try await Shop.with(pipeline: Shop.pipeline(promote: "{ on-divergence: revert }")) { shop in
      try await shop.push("first", ["migrations/20260101000000_a.sql": Shop.table("a")])
      try await shop.push("second", ["migrations/20260102000000_b.sql": Shop.table("b")])
      try await shop.push("third", ["migrations/20260103000000_c.sql": Shop.table("c")])
      let git = shop.repository
      try await git.git("reset", "--hard", "--quiet", "HEAD~2", in: git.clone)

      let push = try await shop.push("other", ["migrations/20260104000000_d.sql": Shop.table("d")], force: true)

      let note = try await shop.note(of: push.commit)
      #expect(note.hasPrefix("staging: promoted in"), "\(note)")
      #expect(note.contains("to be undone: 20260103000000, and with it table public.c with its rows"), "\(note)")
      #expect(try await shop.versions() == ["20260101000000", "20260104000000"])
      #expect(try await !shop.hasTable("b"))
      #expect(try await !shop.hasTable("c"))
      #expect(try await shop.hasTable("d"))
      let kept = try await Connection.with(shop.target, as: "test") {
        try await $0.query("select version from penstock.migrations order by 1").map { try $0.decode(String.self) }
      }
      #expect(kept == ["20260101000000", "20260104000000"])
    }
  }

  @Test("on-divergence: rebuild takes everything away and applies the commit's files, edited ones too")
  func rebuild() async throws {
    let pipeline = Shop.pipeline(promote: "{ on-divergence: rebuild }")
    try await Shop.with(pipeline: pipeline, isDisposable: true) { shop in
      let first = "migrations/20260101000000_a.sql"
      // One that is taken step by step, in both commits.
      let shared = [
        "migrations/20260101000001_k.sql": Shop.table("k"),
        "migrations/20260101000002_k_title.sql": "create index concurrently if not exists k_title on k (title);\n",
      ]
      try await shop.push("first", [first: Shop.table("a")].merging(shared) { $1 })
      try await shop.push(
        "second",
        [
          "migrations/20260102000000_b.sql": Shop.table("b")
            + "create schema s; create view s.titles as select title from a;"
        ])
      try await Connection.with(shop.target, as: "test") {
        _ = try await $0.script("insert into a (title) values ('old')")
      }
      let git = shop.repository
      try await git.git("reset", "--hard", "--quiet", "HEAD~2", in: git.clone)

      let push = try await shop.push(
        "other",
        [first: Shop.table("a2"), "migrations/20260103000000_c.sql": Shop.table("c")].merging(shared) { $1 },
        force: true)

      let note = try await shop.note(of: push.commit)
      #expect(note.hasPrefix("staging: promoted in"), "\(note)")
      #expect(note.contains("to be undone: 4 migrations up to 20260102000000, and with it "), "\(note)")
      #expect(note.contains("table public.a with its rows"), "\(note)")
      #expect(
        try await shop.versions() == ["20260101000000", "20260101000001", "20260101000002", "20260103000000"])
      for (table, isThere) in [("a", false), ("b", false), ("a2", true), ("k", true), ("k_title", true), ("c", true)] {
        #expect(try await shop.hasTable(table) == isThere, "\(table)")
      }
      let next = try await shop.push("next", ["migrations/20260104000000_d.sql": Shop.table("d")])
      #expect(try await shop.note(of: next.commit).hasPrefix("staging: promoted in"))
    }
  }

  @Test("on-divergence: rebuild takes nothing away where the owner does not say that all may be lost")
  func rebuildRefused() async throws {
    try await Shop.with(pipeline: Shop.pipeline(promote: "{ on-divergence: rebuild }")) { shop in
      try await shop.push("first", ["migrations/20260101000000_a.sql": Shop.table("a")])
      let git = shop.repository
      try await git.git("reset", "--hard", "--quiet", "HEAD~1", in: git.clone)

      let push = try await shop.push("other", ["migrations/20260102000000_b.sql": Shop.table("b")], force: true)

      let note = try await shop.note(of: push.commit)
      #expect(note.contains("staging may not be rebuilt"), "\(note)")
      #expect(note.contains("disposable: true"), "\(note)")
      #expect(try await shop.versions() == ["20260101000000"])
      #expect(try await shop.hasTable("a"))
    }
  }

  @Test("a run that only undoes waits for approval like any other")
  func gatedRevert() async throws {
    let revert = "{ on-divergence: revert }"
    try await Shop.with(pipeline: Shop.pipeline(promote: revert)) { shop in
      try await shop.push("first", ["migrations/20260101000000_a.sql": Shop.table("a")])
      try await shop.push("second", ["migrations/20260102000000_b.sql": Shop.table("b")])
      let git = shop.repository
      try await git.git("reset", "--hard", "--quiet", "HEAD~1", in: git.clone)

      let push = try await shop.push(
        "gate", ["pipelines/staging.yaml": Shop.pipeline(promote: revert, gate: true)], force: true,
        options: ["penstock.skip-wait"])
      let run = try #require(try await shop.runs().first { $0.request.commit == push.commit })
      while ![.waiting, .promoted, .failed].contains(try await shop.runs().first?.result) { await Task.yield() }

      #expect(try await shop.hasTable("b"))
      let approval = try await shop.penstock("approve", run.id.rawValue)
      let end = try await shop.penstock("attach", run.id.rawValue)
      #expect(approval.exitCode == 0 && end.exitCode == 0, "\(approval.error) \(end.error)")
      #expect(try await !shop.hasTable("b"))
      #expect(try await shop.versions() == ["20260101000000"])
    }
  }

  @Test("what undoes a migration is proved on the shadow, and kept in the target with it")
  func storedRollback() async throws {
    try await Shop.with { shop in
      try await shop.push("first", ["migrations/20260101000000_a.sql": Shop.table("a")])
      try await shop.push(
        "second",
        [
          "migrations/20260102000000_b.sql": """
          -- penstock: ignore-file drop-column The tests want it gone.
          alter table a drop column title, add column size int;
          update a set size = 1;
          """
        ])

      let rows = try await Connection.with(shop.target, as: "test") { connection in
        try await connection.query(
          "select rollback, rollback_proved, rollback_loses from penstock.migrations order by version"
        ).map { try $0.decode(String?.self, Bool?.self, [String]?.self) }
      }

      #expect(rows.count == 2)
      #expect(rows[0].0 == "DROP TABLE public.a;\n" && rows[0].1 == true)
      #expect(rows[0].2 == ["table public.a with its rows"])
      let second = try #require(rows.last)
      #expect(second.0?.contains("DROP COLUMN size") == true || second.0?.contains("a_penstock_old") == true)
      #expect(second.1 == true)
      #expect(
        second.2 == [
          "column public.a.size with its values", "what was in column public.a.title",
          "what UPDATE at line 3 of 20260102000000_b.sql changed",
        ])
    }
  }
}
