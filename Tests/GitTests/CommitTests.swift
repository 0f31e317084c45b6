import Git
import TestSupport
import Testing

@Suite("Commits")
struct CommitTests {
  @Test("a commit's parts are read")
  func parts() async throws {
    try await ScratchRepository.with { scratch in
      let first = try await scratch.commit("first", files: ["a": "1"])
      let second = try await scratch.commit("subject\n\nbody", files: ["a": "2"])
      let repository = try await Repository.open(scratch.clone)

      let commit = try await repository.commit(second)

      #expect(commit.id == second)
      #expect(commit.parents == [first])
      #expect(try await scratch.id(of: "HEAD^{tree}") == commit.tree)
      #expect(commit.summary == "subject")
      #expect(commit.message == "subject\n\nbody\n")
      #expect(
        commit.author
          == Signature(name: "Ada Lovelace", email: "ada@example.com", time: 1_762_603_200, offsetMinutes: 60))
      #expect(commit.committer == commit.author)
    }
  }

  @Test("a revision is anything that a user may type")
  func revisions() async throws {
    try await ScratchRepository.with { scratch in
      let first = try await scratch.commit("first", files: ["a": "1"])
      let second = try await scratch.commit("second", files: ["a": "2"])
      try await scratch.git("tag", "--annotate", "--message", "one", "v1", first.hex)
      try await scratch.push("main:staging")
      let repository = try await Repository.open(scratch.clone)

      let meanings = [
        "HEAD": second, "main": second, "origin/staging": second, "HEAD~1": first, "main^": first, "v1": first,
        first.hex: first, first.abbreviated: first, ":/first": first, "refs/tags/v1": first,
      ]
      for (revision, commit) in meanings {
        #expect(try await repository.resolve(revision) == commit, "\(revision)")
      }
    }
  }

  @Test("a revision that names no commit says so")
  func badRevisions() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: ["a": "1"])
      let repository = try await Repository.open(scratch.clone)

      let codes: [String: GitError.Code] = [
        "none": .notFound, "HEAD~5": .notFound, "HEAD:a": .wrongType, "a..b..c": .invalid, "HEAD^{x}": .invalid,
      ]
      for (revision, code) in codes {
        let error = await #expect(throws: GitError.self) { try await repository.resolve(revision) }
        #expect(error?.code == code, "\(revision): \(error?.message ?? "")")
        #expect(error?.message.contains(revision) == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test("histories are compared and walked")
  func histories() async throws {
    try await ScratchRepository.with { scratch in
      let base = try await scratch.commit("base", files: [:])
      try await scratch.git("switch", "--quiet", "-c", "side")
      let side = try await scratch.commit("side", files: ["s": "1"])
      try await scratch.git("switch", "--quiet", "main")
      let main1 = try await scratch.commit("main 1", files: ["m": "1"])
      let main2 = try await scratch.commit("main 2", files: ["m": "2"])
      try await scratch.git("switch", "--quiet", "--orphan", "other")
      let other = try await scratch.commit("other", files: [:])
      let repository = try await Repository.open(scratch.clone)

      #expect(try await repository.mergeBase(side, main2) == base)
      #expect(try await repository.mergeBase(other, main2) == nil)
      #expect(try await repository.isAncestor(base, of: main2))
      #expect(try await repository.isAncestor(main2, of: main2))
      #expect(try await !repository.isAncestor(main2, of: base))
      #expect(try await !repository.isAncestor(other, of: main2))
      #expect(try await repository.commits(upTo: main2, since: nil, limit: 10).map(\.id) == [main2, main1, base])
      #expect(try await repository.commits(upTo: main2, since: side, limit: 10).map(\.id) == [main2, main1])
      #expect(try await repository.commits(upTo: main2, since: nil, limit: 1).map(\.id) == [main2])
    }
  }
}
