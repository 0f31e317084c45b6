import Daemon
import Foundation
import Git
import Glibc
import Pipeline
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("Faults")
struct FaultTests {
  @Test("a push while the daemon is down succeeds, and is found at the next start")
  func daemonDown() async throws {
    try await Shop.with { shop in
      shop.daemon.stop()

      let (commit, outcome) = try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      try await shop.restartDaemon()
      let run = try #require(try await shop.runs().first { $0.request.commit == commit })
      let end = try await shop.penstock("attach", run.request.id.rawValue)

      #expect(outcome.isSuccess, "\(outcome.standardError)")
      #expect(outcome.standardError.contains("remote:"), "the pusher is told: \(outcome.standardError)")
      #expect(end.exitCode == 0, "\(end.error)")
      #expect(try await shop.versions() == ["20250101000000"])
    }
  }

  @Test("kill -9 in the middle of a promotion, then a restart: applied exactly once")
  func killedWhilePromoting() async throws {
    try await Shop.with(pipeline: Shop.pipeline(promote: "{ lock-timeout: 1m }")) { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let sql = Shop.table("two") + "alter table public.one add column if not exists note text;\n"
      let blocker = try await Connection.open(shop.target, applicationName: "blocker")
      try await blocker.script("begin; lock table public.one in share mode")

      let (commit, _) = try await shop.push(
        "two", ["migrations/20250102000000_two.sql": sql], options: ["penstock.skip-wait"])
      try await waitForBlockedBackend(on: blocker)
      shop.daemon.kill(SIGKILL)
      try await blocker.execute("rollback")
      await blocker.close()
      try await shop.restartDaemon()
      let run = try #require(try await shop.runs().first { $0.request.commit == commit })
      let end = try await shop.penstock("attach", run.request.id.rawValue)

      #expect(end.exitCode == 0, "\(end.output) \(end.error)")
      #expect(try await shop.versions() == ["20250101000000", "20250102000000"])
      #expect(try await shop.hasTable("two"))
    }
  }

  @Test("SIGTERM ends the daemon with success, and leaves no run half done")
  func graceful() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      #expect(shop.daemon.stop() == 0)
    }
  }

  @Test("a second daemon on the same state folder says who holds it, and stops")
  func twoDaemons() async throws {
    try await Shop.with { shop in
      let second = try await Penstock.run(
        "daemon", "--config", shop.folder.appending("penstock.yaml").string, in: shop.folder)

      #expect(second.exitCode != 0)
      #expect(second.error.contains("\(shop.daemon.processID)"), "\(second.error)")
    }
  }

  /// Waits until some session of the database waits for a lock that `blocker` holds.
  private func waitForBlockedBackend(on blocker: Connection) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      let rows = try await blocker.query(
        "select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))")
      if !rows.isEmpty { return }
      await Task.yield()
    }
    Issue.record("nothing came to wait for the lock")
  }
}
