import Daemon
import Foundation
import Git
import Glibc
import Pipeline
import Postgres
import Shadow
import SystemPackage
import TestSupport
import Testing

/// What is at fault is not the commit.
@Suite("Outages", .timeLimit(.minutes(3)))
struct OutageTests {
  @Test("a target that is not there fails the run with what to do next, in the push, the note and the exit code")
  func noTarget() async throws {
    try await Shop.with(database: "{ url: \"postgresql://nobody@/nowhere?host=/nowhere\" }") { shop in
      let (commit, outcome) = try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let status = try await shop.penstock("status", "--environment", "staging")

      let run = try #require(try await shop.runs().first)
      let note = try await shop.note(of: commit)
      for text in [outcome.standardError, note] {
        #expect(text.contains("Cannot connect to postgresql://nobody@/nowhere?host=/nowhere"), "\(text)")
        #expect(text.contains("penstock retry \(run.id)"), "\(text)")
      }
      #expect(note.contains("Penstock-Result: failed"))
      #expect(status.exitCode == 3, "\(status.error)")
    }
  }

  @Test("a target's server that died is started again for the next push")
  func targetDied() async throws {
    try await Shop.with(database: "embedded") { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      kill(try postmaster(of: shop.folder.appending("state/targets/staging/server")), SIGKILL)

      let (_, outcome) = try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])

      #expect(outcome.standardError.contains("staging: promoted"), "\(outcome.standardError)")
      #expect(try await shop.runs().map(\.result) == [.promoted, .promoted])
    }
  }

  @Test("a target's server that cannot be started again fails the runs of no other environment")
  func otherTargetDied() async throws {
    try await Shop.with(database: "embedded", others: "production: { database: embedded, profile: postgres }") { shop in
      let target = shop.folder.appending("state/targets/production")
      kill(try postmaster(of: target.appending("server")), SIGKILL)
      try FileManager.default.removeItem(atPath: target.appending("server/data/PG_VERSION").string)

      let (_, outcome) = try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      #expect(outcome.standardError.contains("staging: promoted"), "\(outcome.standardError)")
    }
  }

  @Test(
    "a shadow that is cleared away under the daemon, or damaged, is made anew for the next push",
    arguments: [true, false])
  func shadowGone(entirely: Bool) async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let shadow = shop.folder.appending("shadow")
      if entirely {
        // The server is at work there, and a file that it removes first is no reason to give up.
        while FileManager.default.fileExists(atPath: shadow.string) {
          try? FileManager.default.removeItem(atPath: shadow.string)
        }
      } else {
        let server = ShadowServers.folder(forMajor: try await ServerBinaries.best().major, of: "shop", in: shadow)
        kill(try postmaster(of: server), SIGKILL)
        try FileManager.default.removeItem(atPath: server.appending("data/global/pg_control").string)
      }

      try await shop.push("two", ["migrations/20250102000000_two.sql": Shop.table("two")])
      try await shop.push("three", ["migrations/20250103000000_three.sql": Shop.table("three")])

      #expect(try await shop.runs().map(\.result) == [.promoted, .promoted, .promoted])
      #expect(try await shop.versions().count == 3)
      #expect(shop.daemon.stop() == 0)
    }
  }

  private func postmaster(of server: FilePath) throws -> Int32 {
    let file = server.appending("data/postmaster.pid").string
    return try #require(Int32(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").first ?? ""))
  }

  @Test("a pusher who goes away cancels nothing")
  func pusherGoes() async throws {
    try await Shop.with(pipeline: Shop.pipeline(gate: true), database: "embedded") { shop in
      let commit = try await shop.repository.commit(
        "one", files: ["migrations/20250101000000_one.sql": Shop.table("one")])
      let client = Process()
      client.executableURL = URL(filePath: "/usr/bin/env")
      client.arguments = ["git", "push", "--quiet", "origin", "HEAD:refs/heads/staging"]
      client.currentDirectoryURL = URL(filePath: shop.repository.clone.string)
      client.environment = ProcessInfo.processInfo.environment.merging(shop.environment) { $1 }
      client.standardError = FileHandle.nullDevice
      try client.run()
      var waiting: RunSummary?
      while waiting == nil { waiting = try await shop.runs().first { $0.result == .waiting } }
      // Not waited for: Foundation would wait for the server's side and its hook as well.
      kill(client.processIdentifier, SIGKILL)

      let run = try #require(waiting)
      let approval = try await shop.penstock("approve", run.id.rawValue)
      let end = try await shop.penstock("attach", run.id.rawValue)

      #expect(approval.exitCode == 0, "\(approval.error)")
      #expect(end.exitCode == 0, "\(end.output) \(end.error)")
      #expect(run.request.commit == commit)
      #expect(try await shop.note(of: commit).contains("Penstock-Result: promoted"))
    }
  }

  @Test("a paused environment lets pushes wait, and says so; the run of HEAD is shown by that name")
  func paused() async throws {
    try await Shop.with(database: "embedded") { shop in
      let pause = try await shop.penstock("pause", "staging")
      try await shop.push(
        "one", ["migrations/20250101000000_one.sql": Shop.table("one")], options: ["penstock.skip-wait"])
      let runs = try await shop.penstock("runs")
      let show = try await shop.penstock("show", "HEAD")
      let resume = try await shop.penstock("resume", "staging")
      let run = try #require(try await shop.runs().first)
      let end = try await shop.penstock("attach", run.id.rawValue)

      #expect(pause.exitCode == 0 && resume.exitCode == 0, "\(pause.error) \(resume.error)")
      #expect(runs.output.contains("queued"), "\(runs.output)")
      #expect(runs.error.contains("penstock resume staging"), "\(runs.error)")
      #expect(show.output.contains("is queued"), "\(show.output) \(show.error)")
      #expect(end.exitCode == 0, "\(end.output) \(end.error)")
    }
  }

  @Test("every problem of a pipeline file is in the push's output, with its place")
  func wrongPipeline() async throws {
    let pipeline = """
      name: staging
      on: { push: { branches: [staging] } }
      enviroment: staging
      stages: [validat, { promote: { retries: many } }]

      """
    try await Shop.with(pipeline: pipeline, database: "embedded") { shop in
      let (commit, outcome) = try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      for problem in [
        "staging.yaml:3:1: unknown key enviroment (did you mean environment?)",
        "staging.yaml:4:10: validat is no stage (did you mean validate?)", "promote.retries must be a whole number",
      ] {
        #expect(outcome.standardError.contains(problem), "\(outcome.standardError)")
      }
      #expect(try await shop.note(of: commit).contains("Penstock-Result: failed"))
    }
  }

  @Test("a run that SIGTERM stops before its promotion is interrupted, not failed, and promoted after the restart")
  func interrupted() async throws {
    try await Shop.with(pipeline: Shop.pipeline(gate: true), database: "embedded") { shop in
      try await shop.push(
        "one", ["migrations/20250101000000_one.sql": Shop.table("one")], options: ["penstock.skip-wait"])
      while try await shop.runs().first?.result != .waiting { await Task.yield() }
      let run = try #require(try await shop.runs().first)

      #expect(shop.daemon.stop() == 0)
      try await shop.restartDaemon()
      let approval = try await shop.penstock("approve", run.id.rawValue)
      let end = try await shop.penstock("attach", run.id.rawValue)

      #expect(approval.exitCode == 0, "\(approval.error)")
      #expect(end.exitCode == 0, "\(end.output) \(end.error)")
      #expect(!end.output.contains("failed"), "\(end.output)")
    }
  }
}
