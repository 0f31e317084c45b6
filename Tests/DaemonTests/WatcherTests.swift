import Daemon
import Git
import Pipeline
import SystemPackage
import TestSupport
import Testing

@Suite("The watcher")
struct WatcherTests {
  private static let staging = RefName(branch: "staging")

  @Test("a push to a watched branch gets one run, however often the branch is looked at")
  func push() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push()
      try await bench.scratch.git("push", "origin", "HEAD:refs/heads/unwatched")

      await bench.watcher.scan()
      await bench.watcher.scan()

      let runs = try await bench.store.unfinishedRuns()
      #expect(runs.map(\.request.commit) == [commit])
      #expect(runs.map(\.environment) == ["staging"])
      #expect(try await bench.repository.pins() == [runs[0].id.rawValue: commit])
      #expect(try await bench.scratch.git("config", "transfer.hideRefs", in: bench.scratch.bare) == "refs/penstock")
    }
  }

  @Test("packing the references is no push")
  func pack() async throws {
    try await Bench.with { bench in
      try await bench.push()
      await bench.watcher.scan()

      try await bench.scratch.git("pack-refs", "--all", in: bench.scratch.bare)
      await bench.watcher.scan()

      #expect(try await bench.store.unfinishedRuns().count == 1)
    }
  }

  @Test("a force-push gets a run, and the commit that it threw away is kept for its own")
  func forcePush() async throws {
    try await Bench.with { bench in
      let first = try await bench.push("First")
      await bench.watcher.scan()
      try await bench.scratch.git("commit", "--amend", "--allow-empty", "--quiet", "--message", "Amended")
      #expect(try await bench.scratch.push("HEAD:refs/heads/staging", force: true).isSuccess)
      let second = try await bench.scratch.id(of: "HEAD")

      await bench.watcher.scan()
      try await bench.scratch.git("reflog", "expire", "--expire=all", "--all", in: bench.scratch.bare)
      try await bench.scratch.git("gc", "--quiet", "--prune=now", in: bench.scratch.bare)

      let runs = try await bench.store.unfinishedRuns()
      #expect(runs.map(\.request.commit) == [first, second])
      #expect(runs.map(\.request.previous) == [nil, first])
      #expect(try await bench.repository.commit(first).summary == "First")
    }
  }

  @Test("a deleted branch has no run, and comes back with one")
  func deletion() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push()
      await bench.watcher.scan()
      #expect(try await bench.scratch.deleteBranch("staging").isSuccess)
      await bench.watcher.scan()
      #expect(try await bench.store.lastSeen(in: "shop").isEmpty)
      #expect(try await bench.store.unfinishedRuns().count == 1)

      #expect(try await bench.scratch.push("HEAD:refs/heads/staging").isSuccess)
      await bench.watcher.scan()

      #expect(try await bench.store.unfinishedRuns().map(\.request.commit) == [commit, commit])
    }
  }

  @Test("the hook's word names the pusher and the tip before, and a look in between makes no second run")
  func hookFirst() async throws {
    try await Bench.with { bench in
      let first = try await bench.push()
      let run = try await bench.watcher.take(notice(bench, nil, first, actor: "ada"))
      await bench.watcher.scan()
      let second = try await bench.push()
      await bench.watcher.scan()
      let late = try await bench.watcher.take(notice(bench, first, second, actor: "grace"))

      let runs = try await bench.store.unfinishedRuns()
      #expect(runs.map(\.id) == run + late)
      #expect(runs.map(\.request.commit) == [first, second])
      #expect(runs.map(\.request.actor) == ["ada", "grace"])
    }
  }

  @Test("a tip that was gone again before anybody looked still gets its verdict")
  func missedTip() async throws {
    try await Bench.with { bench in
      let first = try await bench.push("First")
      await bench.watcher.scan()
      let missed = try await bench.push("Missed")
      let newest = try await bench.push("Newest")
      await bench.watcher.scan()

      let runs = try await bench.watcher.take(notice(bench, first, missed, actor: "ada"))

      #expect(try await bench.store.unfinishedRuns().map(\.request.commit) == [first, newest])
      #expect(runs.count == 1)
      let record = try #require(try await bench.store.record(of: runs[0]))
      #expect(record.result == .superseded)
      #expect(CommitNote.text(for: record).contains("superseded by \(newest)"))
      // Not asked twice, not judged twice.
      #expect(try await bench.watcher.take(notice(bench, first, missed, actor: "ada")) == runs)
    }
  }

  @Test("the hook of a repository that is not watched is told so")
  func strangeRepository() async throws {
    try await Bench.with { bench in
      let notice = PushNotice(repositoryPath: bench.scratch.clone.string, updates: [], actor: nil)

      let error = await #expect(throws: DaemonError.self) { try await bench.watcher.take(notice) }

      #expect(error?.code == .notFound)
    }
  }

  @Test("a repository that is not there is said to be so, and is watched once it is there")
  func missingRepository() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push()
      let elsewhere = bench.scratch.directory.appending("elsewhere").string
      try rename(bench.scratch.bare.string, to: elsewhere)
      await bench.watcher.scan()
      #expect(await bench.watcher.repositoryProblems["shop"]?.contains("origin.git") == true)

      try rename(elsewhere, to: bench.scratch.bare.string)
      await bench.watcher.scan()

      #expect(await bench.watcher.repositoryProblems.isEmpty)
      #expect(try await bench.store.unfinishedRuns().map(\.request.commit) == [commit])
    }
  }

  @Test("a repository that is away for a while has no deleted branches")
  func repositoryAway() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push()
      await bench.watcher.scan()
      let elsewhere = bench.scratch.directory.appending("elsewhere").string
      try rename(bench.scratch.bare.string, to: elsewhere)

      await bench.watcher.scan()

      #expect(await bench.watcher.repositoryProblems["shop"]?.contains("origin.git") == true)
      #expect(try await bench.store.lastSeen(in: "shop") == [Self.staging: commit])
      try rename(elsewhere, to: bench.scratch.bare.string)
      await bench.watcher.scan()
      #expect(await bench.watcher.repositoryProblems.isEmpty)
      #expect(try await bench.store.unfinishedRuns().count == 1)
    }
  }

  private func notice(_ bench: Bench, _ old: ObjectID?, _ new: ObjectID, actor: String) -> PushNotice {
    PushNotice(
      repositoryPath: bench.scratch.bare.string, updates: [.init(ref: Self.staging, old: old, new: new)], actor: actor)
  }
}
