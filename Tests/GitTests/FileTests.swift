import Git
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Files of a commit")
struct FileTests {
  @Test("a folder's entries come in git's order, with links and submodules as what they are")
  func entries() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.stage([
        "top.sql": "0", "db/migrations/2_b.sql": "2", "db/migrations/1_a.sql": "1", "db/migrations/deep/er/x.sql": "x",
        "db/run.sh": "#!/bin/sh",
      ])
      try #require(symlink("/etc/passwd", scratch.clone.appending("db/migrations/3_c.sql").string) == 0)
      try await scratch.git("add", "--all")
      try await scratch.git("update-index", "--chmod=+x", "db/run.sh")
      let other = String(repeating: "1", count: 40)
      try await scratch.git("update-index", "--add", "--cacheinfo", "160000,\(other),db/migrations/4_d.sql")
      let commit = try await scratch.commit("all", files: [:])
      let repository = try await Repository.open(scratch.clone)

      let direct = try await repository.entries(of: commit, under: "db/migrations", recursive: false)
      let all = try await repository.entries(of: commit, under: "", recursive: true)

      #expect(direct.map(\.name) == ["1_a.sql", "2_b.sql", "3_c.sql", "4_d.sql", "deep"])
      #expect(direct.map(\.mode) == [.file, .file, .symbolicLink, .submodule, .directory])
      #expect(direct.map(\.isFile) == [true, true, false, false, false])
      #expect(direct[3].id.hex == other)
      #expect(
        all.map(\.path) == [
          "db/migrations/1_a.sql", "db/migrations/2_b.sql", "db/migrations/3_c.sql", "db/migrations/4_d.sql",
          "db/migrations/deep/er/x.sql", "db/run.sh", "top.sql",
        ])
      #expect(all[5].mode == .executable)
      #expect(try await repository.entry(at: "db/run.sh", in: commit) == all[5])
      #expect(try await repository.entry(at: "db/none", in: commit) == nil)
    }
  }

  @Test("a folder that is missing is empty, and one that is a file or a link is an error")
  func noFolder() async throws {
    try await ScratchRepository.with { scratch in
      try #require(symlink("elsewhere", scratch.clone.appending("migrations").string) == 0)
      try await scratch.git("add", "--all")
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)

      #expect(try await repository.entries(of: commit, under: "none/at/all", recursive: true).isEmpty)
      let error = await #expect(throws: GitError.self) {
        try await repository.entries(of: commit, under: "migrations", recursive: true)
      }

      #expect(error?.code == .wrongType)
      #expect(error?.message == "migrations of commit \(commit.abbreviated) is no folder but a symbolic link")
    }
  }

  @Test("a blob is read whole, empty or binary, and not at all above the limit")
  func blobs() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: ["empty": "", "data": "a\0b\r\nç"])
      let repository = try await Repository.open(scratch.clone)
      let empty = try #require(try await repository.entry(at: "empty", in: commit)).id
      let data = try #require(try await repository.entry(at: "data", in: commit)).id

      #expect(try await repository.blob(empty, limit: 0) == [])
      #expect(try await repository.blobSize(data) == 7)
      #expect(try await repository.blob(data, limit: 7) == Array("a\0b\r\nç".utf8))
      let tooLarge = await #expect(throws: GitError.self) { try await repository.blob(data, limit: 6) }
      #expect(tooLarge?.code == .tooLarge)
      #expect(tooLarge?.message == "blob \(data.abbreviated) has 7 bytes, and 6 are allowed")
      let noBlob = await #expect(throws: GitError.self) { try await repository.blob(commit, limit: 1000) }
      #expect(noBlob?.code == .wrongType)
      let missing = await #expect(throws: GitError.self) { try await repository.blob(.zero, limit: 1000) }
      #expect(missing?.code == .notFound)
    }
  }

  @Test("what changed between two commits, and since nothing")
  func changes() async throws {
    try await ScratchRepository.with { scratch in
      let old = try await scratch.commit("old", files: ["db/1.sql": "one", "db/2.sql": "two", "db/3.sql": "three"])
      try await scratch.stage(["db/1.sql": nil, "db/2.sql": "two, edited", "db/3.sql": nil, "db/4.sql": "three"])
      try #require(symlink("4.sql", scratch.clone.appending("db/3.sql").string) == 0)
      try await scratch.git("add", "--all")
      let new = try await scratch.commit("new", files: [:])
      let repository = try await Repository.open(scratch.clone)

      let changes = try await repository.changes(from: old, to: new)

      #expect(changes.map(\.path) == ["db/1.sql", "db/2.sql", "db/3.sql", "db/4.sql"])
      #expect(changes.map(\.kind) == [.removed, .modified, .retyped, .added])
      #expect(changes.map { $0.old == nil } == [false, false, false, true])
      #expect(changes.map { $0.new == nil } == [true, false, false, false])
      #expect(try await repository.blob(try #require(changes[1].new), limit: 100) == Array("two, edited".utf8))
      #expect(try await repository.changes(from: new, to: new).isEmpty)
      let everything = try await repository.changes(from: nil, to: old)
      #expect(everything.map(\.path) == ["db/1.sql", "db/2.sql", "db/3.sql"])
      #expect(everything.allSatisfy { $0.kind == .added })
    }
  }

  @Test("objects in quarantine are read by a repository that is told where they are")
  func quarantine() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("pushed", files: ["a": "1"])
      let repository = try await Repository.open(scratch.bare)
      await #expect(throws: GitError.self) { try await repository.commit(commit) }

      try await repository.readObjects(alsoFrom: scratch.clone.appending(".git/objects"))

      #expect(try await repository.commit(commit).summary == "pushed")
    }
  }
}
