import Git
import SystemPackage
import TestSupport
import Testing

@Suite("References")
struct ReferenceTests {
  @Test("branches are listed by name, loose or packed, and others are not")
  func list() async throws {
    try await ScratchRepository.with { scratch in
      let first = try await scratch.commit("first", files: ["a": "1"])
      try await scratch.push("main:main")
      try await scratch.push("main:feature/$(id);`x`")
      try await scratch.git("pack-refs", "--all", in: scratch.bare)
      let second = try await scratch.commit("second", files: ["a": "2"])
      try await scratch.push("main:main")
      try await scratch.push("main:refs/tags/v1")

      let repository = try await Repository.open(scratch.bare)

      #expect(
        try await repository.references() == [
          Reference(name: RefName(branch: "feature/$(id);`x`"), target: first),
          Reference(name: RefName(branch: "main"), target: second),
        ])
      #expect(
        try await repository.references(under: "refs/tags/") == [
          Reference(name: RefName(rawValue: "refs/tags/v1"), target: second)
        ])
      #expect(try await repository.references(under: "refs/notes/").isEmpty)
      #expect(try await repository.target(of: RefName(branch: "none")) == nil)
    }
  }

  @Test("an open repository sees what is pushed and deleted afterwards")
  func fresh() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.bare)
      #expect(try await repository.references().isEmpty)
      let commit = try await scratch.commit("first", files: [:])

      try await scratch.push("main:staging")
      #expect(try await repository.target(of: RefName(branch: "staging")) == commit)

      try await scratch.deleteBranch("staging")
      #expect(try await repository.target(of: RefName(branch: "staging")) == nil)
    }
  }

  @Test("no branch is missed while git packs references")
  func listingWhilePacking() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)

      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for round in 0..<10 {
            try await scratch.makeBranches((0..<300).map { "\(round)-\($0)" }, at: commit)
            try await scratch.git("pack-refs", "--all")
          }
        }
        group.addTask {
          var seen: Set<RefName> = []
          while !Task.isCancelled {
            let present = Set(try await repository.references().map(\.name))
            let missed = seen.subtracting(present)
            #expect(missed.isEmpty)
            seen = present
          }
        }
        try await group.next()
        group.cancelAll()
      }
      #expect(try await repository.references().count == 3001)
    }
  }

  @Test("deleting packed references loses no other that git packs meanwhile")
  func deletingWhilePacking() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      // The more there are, the longer a writer is at it.
      try await scratch.makeBranches((0..<2000).map { "old-\($0)" }, at: commit)
      try await scratch.git("pack-refs", "--all")
      let repository = try await Repository.open(scratch.clone)

      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for round in 0..<60 {
            try await scratch.git("branch", "new-\(round)")
            // It gives up when the file is locked, and packs the branch the next time.
            _ = try await scratch.run(["pack-refs", "--all"], in: scratch.clone)
          }
        }
        group.addTask {
          var round = 0
          while !Task.isCancelled {
            round += 1
            // Those of the round before may be packed by now.
            for pin in 0..<10 { try await repository.pin(commit, forRun: "\(round)-\(pin)") }
            for pin in 0..<10 { try await repository.unpin(run: "\(round - 1)-\(pin)") }
          }
        }
        try await group.next()
        group.cancelAll()
      }

      #expect(try await repository.references().count == 2061)
    }
  }

  @Test("a packed reference is deleted with what is known of its tag, its log, and no other")
  func deletePacked() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      for tag in ["v1", "v1.0", "a/v1"] { try await scratch.git("tag", "--annotate", "--message", tag, tag) }
      try await scratch.git("branch", "side")
      try await scratch.git("pack-refs", "--all")
      let repository = try await Repository.open(scratch.clone)

      #expect(try await repository.deleteReference(RefName(rawValue: "refs/tags/v1")))
      #expect(try await repository.deleteReference(RefName(branch: "side")))

      #expect(
        try await scratch.git("for-each-ref", "--format=%(refname)") == """
          refs/heads/main
          refs/tags/a/v1
          refs/tags/v1.0
          """)
      #expect(try await scratch.id(of: "v1.0^{}") == commit)
      #expect(try await scratch.git("pack-refs", "--all").isEmpty)
      #expect(try await !scratch.run(["reflog", "exists", "refs/heads/side"], in: scratch.clone).isSuccess)
      #expect(try await !repository.deleteReference(RefName(rawValue: "refs/tags/v1")))
    }
  }

  @Test("nothing is deleted while git holds the packed references, and a dead Penstock's lock is no obstacle")
  func deleteLocked() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      try await scratch.git("branch", "side")
      let lock = scratch.clone.appending(".git/packed-refs.lock")
      try scratch.write("", to: lock)
      let repository = try await Repository.open(scratch.clone)

      let error = await #expect(throws: GitError.self) {
        try await repository.deleteReference(RefName(branch: "side"))
      }
      #expect(error?.code == .locked)
      #expect(error?.lockFile == lock)
      #expect(try await repository.target(of: RefName(branch: "side")) == commit)

      try scratch.write("penstock\n", to: lock)
      #expect(try await repository.deleteReference(RefName(branch: "side")))
      #expect(try await repository.target(of: RefName(branch: "side")) == nil)
      #expect(try await scratch.run(["pack-refs", "--all"], in: scratch.clone).isSuccess)
    }
  }

  @Test("a reference is changed only when it has the expected value")
  func compareAndSet() async throws {
    try await ScratchRepository.with { scratch in
      let first = try await scratch.commit("first", files: [:])
      let second = try await scratch.commit("second", files: [:])
      let repository = try await Repository.open(scratch.clone)
      let name = RefName(rawValue: "refs/penstock/test")

      try await repository.setReference(name, to: first, expecting: .zero, message: "made")
      for wrong in [ObjectID.zero, second] {
        let error = await #expect(throws: GitError.self) {
          try await repository.setReference(name, to: second, expecting: wrong, message: "moved")
        }
        #expect(error?.code == .modified)
      }
      #expect(try await repository.target(of: name) == first)
      try await repository.setReference(name, to: second, expecting: first, message: "moved")
      #expect(try await repository.target(of: name) == second)
      try await repository.setReference(name, to: first, message: "moved back")

      #expect(try await scratch.id(of: "refs/penstock/test") == first)
      #expect(try await repository.deleteReference(name))
      #expect(try await !repository.deleteReference(name))
    }
  }

  @Test("a reference that another writer keeps locked is given up with its name")
  func locked() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      try scratch.write("", to: scratch.clone.appending(".git/refs/penstock/test.lock"))
      let repository = try await Repository.open(scratch.clone)

      let error = await #expect(throws: GitError.self) {
        try await repository.setReference(RefName(rawValue: "refs/penstock/test"), to: commit, message: "made")
      }

      #expect(error?.code == .locked)
      #expect(error?.message.contains("refs/penstock/test.lock") == true, "\(error?.message ?? "")")
    }
  }

  @Test("a name that git does not allow is refused")
  func invalidName() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)

      let error = await #expect(throws: GitError.self) {
        try await repository.setReference(RefName(branch: "a..b"), to: commit, message: "made")
      }

      #expect(error?.code == .invalid)
    }
  }

  @Test("a pinned commit outlives a force-push and gc, and is not offered to clients")
  func pins() async throws {
    try await ScratchRepository.with { scratch in
      let lost = try await scratch.commit("first", files: ["a": "1"])
      try await scratch.push("main:staging")
      let repository = try await Repository.open(scratch.bare)
      try await repository.hidePins()
      try await repository.pin(lost, forRun: "01JD8Q")
      try await scratch.git("commit", "--quiet", "--amend", "--message", "other")
      try await scratch.push("main:staging", force: true)
      try await scratch.git("gc", "--quiet", "--prune=now", in: scratch.bare)

      #expect(try await repository.pins() == ["01JD8Q": lost])
      #expect(try await repository.commit(lost).summary == "first")
      let offered = try await scratch.git("ls-remote", "origin")
      #expect(!offered.contains("penstock"), "\(offered)")

      try await repository.unpin(run: "01JD8Q")
      try await repository.unpin(run: "01JD8Q")
      try await scratch.git("gc", "--quiet", "--prune=now", in: scratch.bare)
      let again = try await Repository.open(scratch.bare)
      #expect(try await again.pins().isEmpty)
      let error = await #expect(throws: GitError.self) { try await again.commit(lost) }
      #expect(error?.code == .notFound)
    }
  }

  @Test("HEAD is a branch, with or without commits, or nothing when detached")
  func head() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.clone)
      #expect(try await repository.head() == RefName(branch: "main"))

      try await scratch.commit("first", files: [:])
      try await scratch.git("switch", "--quiet", "-c", "feature/a")
      #expect(try await repository.head() == RefName(branch: "feature/a"))

      try await scratch.git("switch", "--quiet", "--detach")
      #expect(try await repository.head() == nil)
    }
  }

  @Test("the default branch is the remote's, else init.defaultBranch, else main or master, else none")
  func defaultBranch() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.clone)
      #expect(try await repository.defaultBranch() == nil)

      try await scratch.commit("first", files: [:])
      #expect(try await repository.defaultBranch() == RefName(branch: "main"))

      try await scratch.git("branch", "trunk")
      try await repository.setConfiguration("init.defaultBranch", to: "trunk")
      #expect(try await repository.defaultBranch() == RefName(branch: "trunk"))

      try await scratch.push("main:main")
      try await scratch.git("remote", "set-head", "origin", "main")
      #expect(try await repository.defaultBranch() == RefName(rawValue: "refs/remotes/origin/main"))
    }
  }
}

extension ScratchRepository {
  /// Makes branches of the clone, each in a file of its own.
  fileprivate func makeBranches(_ names: [String], at commit: ObjectID) async throws {
    let commands = names.map { "create refs/heads/\($0) \(commit)\n" }.joined()
    let made = try await run(["update-ref", "--stdin"], in: clone, input: commands)
    try #require(made.isSuccess, "\(made.standardError)")
  }
}
