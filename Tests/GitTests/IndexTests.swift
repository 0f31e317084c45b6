import Git
import SystemPackage
import TestSupport
import Testing

@Suite("The index")
struct IndexTests {
  @Test("staged content counts, and not what is in the work tree or only promised")
  func staged() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: ["db/1.sql": "one", "README": "r"])
      try await scratch.stage(["db/2.sql": "staged"])
      try scratch.write("changed since", to: scratch.clone.appending("db/2.sql"))
      try scratch.write("untracked", to: scratch.clone.appending("db/3.sql"))
      try scratch.write("promised", to: scratch.clone.appending("db/4.sql"))
      try await scratch.git("add", "--intent-to-add", "db/4.sql")
      let repository = try await Repository.open(scratch.clone)

      let entries = try await repository.stagedEntries(under: "db")

      #expect(entries.map(\.path) == ["db/1.sql", "db/2.sql"])
      #expect(entries.map(\.mode) == [.file, .file])
      #expect(try await repository.blob(entries[1].id, limit: 100) == Array("staged".utf8))
      #expect(try await repository.stagedEntries(under: "").map(\.path) == ["README", "db/1.sql", "db/2.sql"])
    }
  }

  @Test("what is staged after the repository was opened is seen")
  func fresh() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.clone)
      #expect(try await repository.stagedEntries(under: "db").isEmpty)

      try await scratch.stage(["db/1.sql": "one"])

      #expect(try await repository.stagedEntries(under: "db").map(\.path) == ["db/1.sql"])
    }
  }

  @Test("in a pre-commit hook, the index that git names counts")
  func hookIndex() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: ["db/1.sql": "one"])
      // With `git commit --all` the index that will be committed is not the repository's usual one.
      try scratch.write("edited, and never added", to: scratch.clone.appending("db/1.sql"))
      let hook = scratch.clone.appending(".git/hooks/pre-commit")
      try scratch.write("#!/bin/sh\ncp \"$GIT_INDEX_FILE\" ../index-of-the-commit\n", to: hook)
      try await scratch.git("config", "core.fileMode", "false")
      _ = try await scratch.run(["-c", "alias.x=!chmod +x .git/hooks/pre-commit", "x"], in: scratch.clone)
      try await scratch.git("commit", "--quiet", "--all", "--message", "second")
      let repository = try await Repository.open(scratch.clone)

      let entry = try #require(
        try await repository.stagedEntries(
          under: "db", indexFile: scratch.directory.appending("index-of-the-commit")
        ).first)

      #expect(try await repository.blob(entry.id, limit: 100) == Array("edited, and never added".utf8))
    }
  }

  @Test("paths in a merge conflict are left out")
  func conflict() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("base", files: ["db/1.sql": "base", "db/2.sql": "base"])
      try await scratch.git("switch", "--quiet", "-c", "side")
      try await scratch.commit("side", files: ["db/1.sql": "side"])
      try await scratch.git("switch", "--quiet", "main")
      try await scratch.commit("main", files: ["db/1.sql": "main"])
      let merge = try await scratch.run(["merge", "side"], in: scratch.clone)
      #expect(!merge.isSuccess)
      let repository = try await Repository.open(scratch.clone)

      #expect(try await repository.stagedEntries(under: "db").map(\.path) == ["db/2.sql"])
    }
  }
}
