import Basics
import Daemon
import Git
import Pipeline
import SystemPackage
import Testing

@Suite("The store of runs")
struct RunStoreTests {
  @Test("a queued run is still queued after a restart, and one that was under way is queued again")
  func restart() async throws {
    try await withScratchFolder { folder in
      let path = folder.appending("store.sqlite")
      let waiting = RunRequest.sample(ref: "a")
      let running = RunRequest.sample(ref: "b")
      do {
        let store = try RunStore(path)
        #expect(try await store.enqueue(waiting, environment: "staging", whenLastSeen: nil))
        #expect(try await store.enqueue(running, environment: "staging", whenLastSeen: nil))
        #expect(try await store.begin(running.id, at: .now))
        #expect(try await store.claimPromotion(running.id, unlessSuperseded: true))
      }

      let store = try RunStore(path)
      let runs = try await store.unfinishedRuns()

      #expect(runs.map(\.request) == [waiting, running])
      #expect(runs.allSatisfy { $0.result == .queued && !$0.isPromoting && $0.startedAt == nil })
      #expect(try await store.lastSeen(in: "shop") == [waiting.ref: waiting.commit, running.ref: running.commit])
    }
  }

  @Test("a tip is queued once, whoever sees it first")
  func once() async throws {
    try await withStore { store in
      let first = try await store.enqueue(.sample(commit: 1), environment: "staging", whenLastSeen: nil)
      let second = try await store.enqueue(.sample(commit: 1), environment: "staging", whenLastSeen: nil)

      #expect(first && !second)
      #expect(try await store.unfinishedRuns().count == 1)
    }
  }

  @Test("a run may not promote once a newer push to its branch is queued, unless it waits its turn")
  func claim() async throws {
    try await withStore { store in
      let older = RunRequest.sample(commit: 1)
      let newer = RunRequest.sample(commit: 2, previous: 1)
      try await #require(store.enqueue(older, environment: "staging", whenLastSeen: nil))
      try await #require(store.enqueue(newer, environment: "staging", whenLastSeen: .sample(1)))
      let other = RunRequest.sample(ref: "other", commit: 3)
      try await #require(store.enqueue(other, environment: "staging", whenLastSeen: nil))

      #expect(try await !store.claimPromotion(older.id, unlessSuperseded: true))
      #expect(try await store.newestCommit(after: older.id) == newer.commit)
      #expect(try await store.claimPromotion(newer.id, unlessSuperseded: true))
      #expect(try await store.claimPromotion(older.id, unlessSuperseded: false))
    }
  }

  @Test("the end of a run, its record and what is to be reported come together, and once")
  func finish() async throws {
    try await withStore { store in
      let request = RunRequest.sample()
      try await #require(store.enqueue(request, environment: "staging", whenLastSeen: nil))
      for (number, _) in try await store.deliveries(limit: 10) { try await store.confirm(number) }

      try await store.finish(.sample(request, .promoted))
      try await store.finish(.sample(request, .failed))

      #expect(try await store.unfinishedRuns().isEmpty)
      #expect(try await store.record(of: request.id)?.result == .promoted)
      let deliveries = try await store.deliveries(limit: 10).map(\.delivery)
      #expect(deliveries.count == 4)
      #expect(deliveries[0] == .note(request.id))
      #expect(deliveries[1] == .record(request.id))
      #expect(deliveries[3] == .unpin(request.id))
      #expect(try await store.needsPin(request.id.rawValue))
    }
  }

  @Test("only the newest commit of a branch can be run again")
  func again() async throws {
    try await withStore { store in
      try await #require(store.enqueue(.sample(commit: 1), environment: "staging", whenLastSeen: nil))
      try await #require(
        store.enqueue(.sample(commit: 2, previous: 1), environment: "staging", whenLastSeen: .sample(1)))

      await #expect(throws: DaemonError.self) {
        try await store.enqueueAgain(.sample(commit: 1), environment: "staging")
      }
      try await store.enqueueAgain(.sample(commit: 2), environment: "staging")

      #expect(try await store.unfinishedRuns().map(\.request.commit) == [.sample(1), .sample(2), .sample(2)])
    }
  }

  @Test("a deleted branch is noted and has no run; the same commit pushed again has one")
  func deletion() async throws {
    try await withStore { store in
      try await #require(store.enqueue(.sample(commit: 1), environment: "staging", whenLastSeen: nil))

      try await store.recordDeletion(
        of: RefName(branch: "staging"), in: "shop", whenLastSeen: .sample(1), actor: "ada")

      #expect(try await store.lastSeen(in: "shop").isEmpty)
      #expect(try await store.unfinishedRuns().count == 1)
      #expect(try await store.enqueue(.sample(commit: 1), environment: "staging", whenLastSeen: nil))
      let events = try await store.deliveries(limit: 10).compactMap { item -> LogEntry.Event? in
        if case .log(let entry) = item.delivery { entry.event } else { nil }
      }
      #expect(events == [.queued, .branchDeleted, .queued])
    }
  }

  @Test("a person's approval counts once, and an environment's pause ends")
  func gates() async throws {
    try await withStore { store in
      let request = RunRequest.sample()
      try await #require(store.enqueue(request, environment: "staging", whenLastSeen: nil))
      let run = try #require(try await store.run(request.id))

      try await store.approve(run, by: "ada")
      try await store.approve(run, by: "ada")
      try await store.approve(run, by: "grace")
      try await store.setPaused(true, environment: "staging", by: "ada")

      #expect(try await store.approvers(of: request.id) == ["ada", "grace"])
      #expect(try await store.pausedEnvironments() == ["staging"])
      try await store.setPaused(false, environment: "staging", by: "ada")
      #expect(try await store.pausedEnvironments().isEmpty)
    }
  }

  @Test("a run is found by its name, by its commit and by the beginning of it")
  func lookup() async throws {
    try await withStore { store in
      let request = RunRequest.sample(commit: 7)
      try await #require(store.enqueue(request, environment: "staging", whenLastSeen: nil))

      #expect(try await store.run(request.id)?.request == request)
      #expect(try await store.runs(ofCommit: request.commit.hex).map(\.id) == [request.id])
      #expect(try await store.runs(ofCommit: request.commit.abbreviated).map(\.id) == [request.id])
      #expect(try await store.runs(ofCommit: "*").isEmpty)
      #expect(try await store.runs(ofCommit: "bbbb").isEmpty)
      #expect(try await store.run(RunID()) == nil)
    }
  }

  @Test("a file that is no database is a sentence that says what to do")
  func damaged() throws {
    try withScratchFolder { folder in
      try write(String(repeating: "not a database ", count: 100), to: folder.appending("store.sqlite"))

      let error = #expect(throws: DaemonError.self) { try RunStore(folder.appending("store.sqlite")) }

      #expect(error?.message.contains("move it away") == true)
    }
  }

  private func withStore(_ body: (RunStore) async throws -> Void) async throws {
    try await withScratchFolder { folder in
      try await body(RunStore(folder.appending("store.sqlite")))
    }
  }
}
