import Daemon
import Foundation
import Git
import Pipeline
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("The daemon", .serialized, .timeLimit(.minutes(3)))
struct DaemonTests {
  private static let first = ["migrations/1_customers.sql": "create table customers (id int primary key);\n"]
  private static let second = ["migrations/2_name.sql": "alter table customers add column name text;\n"]
  private static let broken = ["migrations/2_broken.sql": "-- wrong\nalter table costumers add column name text;\n"]

  private static let mended: [String: String?] = [
    "migrations/2_broken.sql": nil, "migrations/2_name.sql": "alter table customers add column name text;\n",
  ]

  @Test("a push is promoted, the next one too, and a broken one is refused with its place and changes nothing")
  func pushes() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let promoted = try await daemon.end(of: daemon.push(Self.first))
        #expect(promoted.result == .promoted, "\(promoted)")
        #expect(try await daemon.appliedVersions() == ["1"])
        // The end is told when it is reported.
        #expect(try await daemon.note(on: promoted.request.commit).contains("Penstock-Result: promoted"))

        let failed = try await daemon.end(of: daemon.push(Self.broken))
        #expect(failed.result == .failed)
        #expect(failed.failure?.location == "migrations/2_broken.sql:2:1")
        #expect(try await daemon.appliedVersions() == ["1"])
        #expect(try await daemon.note(on: failed.request.commit).contains("migrations/2_broken.sql:2:1"))

        let mended = try await daemon.end(of: daemon.push(Self.mended))
        #expect(mended.result == .promoted, "\(mended)")
        #expect(try await daemon.appliedVersions() == ["1", "2"])
        #expect(try await daemon.status().undelivered == 0)
        #expect(try await Repository.open(scratch.bare).pins().isEmpty)
      }
      #expect(try AuditLog.verify(directory: scratch.directory.appending("state/log")).lines == 8)
    }
  }

  @Test("a commit without a pipeline, or with one that cannot be read, gets a verdict that says what to do")
  func noPipeline() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let run = try await daemon.push(Self.first, pipeline: "validate, reset, promot")

        let record = try await daemon.end(of: run)

        #expect(record.result == .failed)
        #expect(record.failure?.location == "pipelines/staging.yaml:5:27")
        #expect(record.failure?.message.contains("did you mean promote?") == true)
      }
    }
  }

  @Test("a newer push takes the place of a run that waits, and who approves the newer one has it promoted")
  func superseded() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let older = try await daemon.push(Self.first, pipeline: RunningDaemon.gated)
        try await daemon.wait(for: older) { $0.result == .waiting }
        let newer = try await daemon.push(Self.second, pipeline: RunningDaemon.gated)

        let ended = try await daemon.end(of: older)
        #expect(ended.result == .superseded)
        let newest = try await scratch.id(of: "HEAD")
        #expect(try await daemon.note(on: ended.request.commit).contains("superseded by \(newest)"))
        try await daemon.client.ask(.approve(newer)) { _ in }
        let record = try await daemon.end(of: newer)
        #expect(record.result == .promoted, "\(record)")
        #expect(try await daemon.appliedVersions() == ["1", "2"])

        let error = await #expect(throws: DaemonError.self) { try await daemon.client.ask(.approve(newer)) { _ in } }
        #expect(error?.code == .refused)
      }
    }
  }

  @Test("with concurrency: queue a newer push waits for its turn")
  func queued() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let older = try await daemon.push(Self.first, pipeline: RunningDaemon.gated, concurrency: "queue")
        let newer = try await daemon.push(Self.second, concurrency: "queue")
        try await daemon.wait(for: older) { $0.result == .waiting }
        try await daemon.wait(for: newer) { $0.result == .queued }

        try await daemon.client.ask(.approve(older)) { _ in }

        #expect(try await daemon.end(of: older).result == .promoted)
        #expect(try await daemon.end(of: newer).result == .promoted)
      }
    }
  }

  @Test("a run that promotes is not ended by a newer push")
  func promoting() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        #expect(try await daemon.end(of: daemon.push(Self.first)).result == .promoted)
        let (older, newer) = try await daemon.onTarget { connection in
          // The promotion waits for this lock.
          try await connection.script("begin; lock table customers in access exclusive mode")
          let older = try await daemon.push(Self.second)
          try await daemon.wait(for: older) { $0.isPromoting }
          let newer = try await daemon.push(["migrations/3_mail.sql": "alter table customers add column mail text;\n"])
          try await daemon.wait(for: newer) { $0.result == .queued }
          try await connection.script("rollback")
          return (older, newer)
        }

        #expect(try await daemon.end(of: older).result == .promoted)
        #expect(try await daemon.end(of: newer).result == .promoted)
      }
    }
  }

  @Test("a run that waits when the daemon stops is taken up again by the next one, and its approval still counts")
  func restart() async throws {
    try await ScratchRepository.with { scratch in
      let run = Box<RunID?>(nil)
      try await RunningDaemon.with(scratch) { daemon in
        let pushed = try await daemon.push(Self.first, pipeline: RunningDaemon.gated)
        try await daemon.wait(for: pushed) { $0.result == .waiting }
        run.value = pushed
      }
      let id = try #require(run.value)
      do {
        let store = try RunStore(scratch.directory.appending("state/penstock.sqlite"))
        #expect(try await store.unfinishedRuns().map(\.id) == [id])
      }

      try await RunningDaemon.with(scratch) { daemon in
        try await daemon.client.ask(.approve(id)) { _ in }
        let record = try await daemon.end(of: id)
        #expect(record.result == .promoted, "\(record)")
      }
      #expect(try await Repository.open(scratch.bare).pins().isEmpty)
    }
  }

  @Test("a run is cancelled, then run again on demand; a paused environment begins nothing")
  func requests() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        try await daemon.client.ask(.pause(environment: "staging")) { _ in }
        let run = try await daemon.push(Self.first)
        try await daemon.client.ask(.cancel(run)) { _ in }
        #expect(try await daemon.end(of: run).result == .cancelled)
        try await daemon.client.ask(.resume(environment: "staging")) { _ in }

        var again: [RunID] = []
        try await daemon.client.ask(.retry(run)) { if case .queued(let runs) = $0 { again = runs } }

        #expect(try await daemon.end(of: try #require(again.first)).result == .promoted)
        let error = await #expect(throws: DaemonError.self) {
          try await daemon.client.ask(.pause(environment: "elsewhere")) { _ in }
        }
        #expect(error?.code == .notFound)
      }
    }
  }

  @Test("the pusher sees the run line by line, and how to see more when there is no daemon")
  func pusher() async throws {
    try await ScratchRepository.with { scratch in
      let lines = Box<[String]>([])
      try await scratch.commit("First", files: ["a": "a"])
      let commit = try await scratch.id(of: "HEAD")
      let update = "\(ObjectID.zero) \(commit) refs/heads/staging"
      let hook = PostReceive(
        socket: scratch.directory.appending("penstock.sock"), repository: scratch.bare, variables: ["USER": "ada"])
      await hook.run([update]) { lines.append($0) }
      #expect(lines.value.count == 2)
      #expect(lines.value[0].contains("no penstock daemon listens"))
      #expect(lines.value[1].contains("the push is not lost"))

      lines.value = []
      try await RunningDaemon.with(scratch) { daemon in
        let pushed = try await scratch.push("HEAD:refs/heads/staging")
        #expect(pushed.isSuccess)
        await hook.run([update]) { lines.append($0) }
        #expect(lines.value.last?.hasPrefix("staging: failed") == true)
        #expect(lines.value.contains { $0.contains("no pipeline in pipelines/ is for the branch staging") })
      }
    }
  }

  @Test("a second daemon on the same state folder is refused")
  func second() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { _ in
        let error = await #expect(throws: (any Error).self) { try await RunningDaemon.with(scratch) { _ in } }
        #expect(error.map { "\($0)" }?.contains("another penstock daemon") == true)
      }
    }
  }

  @Test("clients that talk nonsense, too much or not at all harm nobody")
  func rudeClients() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let silent = try (0..<20).map { _ in try RawClient(daemon.socket) }
        let nonsense = try RawClient(daemon.socket)
        try nonsense.send("{\"dance\": {}}\n")
        #expect(try nonsense.readAll().contains("does not understand"))
        let endless = try RawClient(daemon.socket)
        _ = try? endless.send(String(repeating: "x", count: 3 << 20))  // Cut off by the daemon on the way.
        #expect(try endless.readAll().isEmpty)

        #expect(try await daemon.status().queued == 0)
        var status = stat()
        #expect(stat(daemon.socket.string, &status) == 0 && status.st_mode & 0o777 == 0o660)
        withExtendedLifetime(silent) {}
      }
    }
  }
}
