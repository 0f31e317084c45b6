import Git
import SystemPackage
import TestSupport
import Testing

@Suite("Notes")
struct NotesTests {
  private let author = Signature(name: "Penstock", email: "penstock@localhost", time: 1_762_603_260)

  @Test("git shows a note that was written, and its author")
  func shownByGit() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)
      #expect(try await repository.note(on: commit, in: .penstock) == nil)

      try await repository.updateNote(on: commit, in: .penstock, author: author) { before in
        #expect(before == nil)
        return "staging: promoted\n\nPenstock-Result: promoted\n"
      }

      #expect(
        try await scratch.git("notes", "--ref=penstock", "show", commit.hex)
          == "staging: promoted\n\nPenstock-Result: promoted")
      let log = try await scratch.git("log", "--notes=penstock", "-1")
      #expect(log.contains("Notes (penstock):\n    staging: promoted\n"), "\(log)")
      #expect(
        try await scratch.git("log", "-1", "--format=%an %ae %at %s", "refs/notes/penstock")
          == "Penstock penstock@localhost 1762603260 Notes added by Penstock")
    }
  }

  @Test("a note is in a folder of its first two digits, so that no list grows long")
  func fanOut() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.bare)
      for number in 0..<400 {
        let object = try #require(ObjectID(hex: synthetic(number)))
        try await repository.updateNote(on: object, in: .penstock, author: author) { _ in "note \(number)\n" }
      }

      let top = try await scratch.git("ls-tree", "refs/notes/penstock", in: scratch.bare).split(separator: "\n")
      #expect(top.count <= 256)
      #expect(top.allSatisfy { $0.hasPrefix("040000 tree ") })
      let paths = try await scratch.git("ls-tree", "-r", "--name-only", "refs/notes/penstock", in: scratch.bare)
      let expected = (0..<400).map { "\(synthetic($0).prefix(2))/\(synthetic($0).dropFirst(2))" }
      #expect(Set(paths.split(separator: "\n").map(String.init)) == Set(expected))
    }
  }

  @Test("git's flat notes and ours are read side by side, by both")
  func mixedWithGit() async throws {
    try await ScratchRepository.with { scratch in
      let first = try await scratch.commit("first", files: ["a": "1"])
      let second = try await scratch.commit("second", files: ["a": "2"])
      let third = try await scratch.commit("third", files: ["a": "3"])
      let repository = try await Repository.open(scratch.clone)

      try await scratch.git("notes", "--ref=penstock", "add", "-m", "by git", first.hex)
      try await repository.updateNote(on: second, in: .penstock, author: author) { _ in "by Penstock\n" }
      try await repository.updateNote(on: first, in: .penstock, author: author) { ($0 ?? "") + "and by Penstock\n" }
      try await scratch.git("notes", "--ref=penstock", "add", "-m", "by git again", third.hex)
      try await scratch.git("notes", "--ref=penstock", "append", "-m", "and by git", second.hex)

      let texts = [
        first: "by git\nand by Penstock\n", second: "by Penstock\n\nand by git\n", third: "by git again\n",
      ]
      for (commit, text) in texts {
        #expect(try await repository.note(on: commit, in: .penstock) == text)
        #expect(try await scratch.git("notes", "--ref=penstock", "show", commit.hex) + "\n" == text)
      }
    }
  }

  @Test("the folders that git makes of many notes are read and kept")
  func fanOutOfGit() async throws {
    try await ScratchRepository.with { scratch in
      let files = Dictionary(uniqueKeysWithValues: (0..<400).map { ("f\($0)", Optional("\($0)")) })
      for (path, content) in files { try scratch.write(content ?? "", to: scratch.clone.appending(path)) }
      try await scratch.git("add", "--all")
      let commit = try await scratch.commit("many", files: [:])
      let repository = try await Repository.open(scratch.clone)
      let blobs = try await repository.entries(of: commit, under: "", recursive: true).map(\.id)
      try await scratch.git("notes", "--ref=penstock", "add", "-m", "by git", commit.hex)
      let copied = try await scratch.run(
        ["notes", "--ref=penstock", "copy", "--stdin"], in: scratch.clone,
        input: blobs.map { "\(commit.hex) \($0.hex)\n" }.joined())
      try #require(copied.isSuccess, "\(copied.standardError)")
      let before = try await scratch.git("ls-tree", "-r", "--name-only", "refs/notes/penstock")
      try #require(before.contains("/"))

      try await repository.updateNote(on: blobs[7], in: .penstock, author: author) { ($0 ?? "") + "and by Penstock\n" }

      #expect(try await repository.note(on: blobs[8], in: .penstock) == "by git\n")
      #expect(try await scratch.git("notes", "--ref=penstock", "show", blobs[7].hex) == "by git\nand by Penstock")
      #expect(try await scratch.git("ls-tree", "-r", "--name-only", "refs/notes/penstock") == before)
    }
  }

  @Test("two notes on one object at different depths are read as one and written as one")
  func twoDepths() async throws {
    try await ScratchRepository.with { scratch in
      let object = try #require(ObjectID(hex: synthetic(1)))
      let repository = try await Repository.open(scratch.clone)
      try await repository.updateNote(on: object, in: .penstock, author: author) { _ in "in a folder\n" }
      let folder = try await scratch.git("ls-tree", "refs/notes/penstock")
      let flat = try await scratch.run(
        ["hash-object", "-w", "--stdin"], in: scratch.clone, input: "flat\n"
      ).standardOutput
      let tree = try await scratch.run(
        ["mktree"], in: scratch.clone,
        input: "\(folder)\n100644 blob \(flat.dropLast())\t\(object.hex)\n100644 blob \(flat.dropLast())\tREADME\n")
      let commit = try await scratch.git("commit-tree", "-m", "both", String(tree.standardOutput.dropLast()))
      try await scratch.git("update-ref", "refs/notes/penstock", commit)

      #expect(try await repository.note(on: object, in: .penstock) == "flat\n\nin a folder\n")
      try await repository.updateNote(on: object, in: .penstock, author: author) { _ in "one\n" }

      #expect(try await repository.note(on: object, in: .penstock) == "one\n")
      let names = try await scratch.git("ls-tree", "-r", "--name-only", "refs/notes/penstock")
      #expect(
        Set(names.split(separator: "\n")) == ["README", "\(object.hex.prefix(2))/\(object.hex.dropFirst(2))"])
    }
  }

  @Test("a note that stays as it is makes no commit")
  func unchanged() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)
      try await repository.updateNote(on: commit, in: .records, author: author) { _ in "{}\n" }
      let before = try await scratch.id(of: "refs/notes/penstock-records")

      try await repository.updateNote(on: commit, in: .records, author: author) { $0 ?? "" }

      #expect(try await scratch.id(of: "refs/notes/penstock-records") == before)
      #expect(try await repository.target(of: RefName(rawValue: "refs/notes/penstock-records")) == before)
    }
  }

  @Test("four writers lose no note, on different commits or on one")
  func concurrentWriters() async throws {
    try await ScratchRepository.with { scratch in
      let shared = try await scratch.commit("first", files: [:])
      let author = author

      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask {
            let repository = try await Repository.open(scratch.clone)
            for number in 0..<25 {
              let object = try #require(ObjectID(hex: synthetic(writer * 100 + number)))
              try await repository.updateNote(on: object, in: .penstock, author: author, timeLimit: .seconds(50)) { _ in
                "\(writer) \(number)\n"
              }
              try await repository.updateNote(on: shared, in: .penstock, author: author, timeLimit: .seconds(50)) {
                ($0 ?? "") + "\(writer) \(number)\n"
              }
            }
          }
        }
        try await group.waitForAll()
      }

      let repository = try await Repository.open(scratch.clone)
      let lines = try #require(try await repository.note(on: shared, in: .penstock)).split(separator: "\n")
      #expect(lines.count == 100)
      #expect(Set(lines).count == 100)
      for writer in 0..<4 {
        for number in 0..<25 {
          let object = try #require(ObjectID(hex: synthetic(writer * 100 + number)))
          #expect(try await repository.note(on: object, in: .penstock) == "\(writer) \(number)\n")
        }
      }
      #expect(try await scratch.git("rev-list", "--count", "refs/notes/penstock") == "200")
    }
  }

  @Test("writing loses no note of a git that writes at the same time")
  func concurrentWithGit() async throws {
    try await ScratchRepository.with { scratch in
      var commits: [ObjectID] = []
      for number in 0..<10 { commits.append(try await scratch.commit("\(number)", files: [:])) }
      let noted = commits
      let author = author

      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for commit in noted {
            // git waits only a tenth of a second for the lock.
            while try await !scratch.run(
              ["notes", "--ref=penstock", "add", "--force", "-m", "by git", commit.hex], in: scratch.clone
            ).isSuccess {}
          }
        }
        group.addTask {
          let repository = try await Repository.open(scratch.clone)
          for number in 0..<100 {
            let object = try #require(ObjectID(hex: synthetic(number)))
            try await repository.updateNote(on: object, in: .penstock, author: author) { _ in "by Penstock\n" }
          }
        }
        try await group.waitForAll()
      }

      let repository = try await Repository.open(scratch.clone)
      for commit in noted {
        #expect(try await repository.note(on: commit, in: .penstock) == "by git\n")
      }
    }
  }

  @Test("names that git cannot write as an author are refused, and the lock is let go")
  func badAuthor() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      let repository = try await Repository.open(scratch.clone)
      let nobody = Signature(name: "", email: "", time: 0)

      let error = await #expect(throws: GitError.self) {
        try await repository.updateNote(on: commit, in: .penstock, author: nobody) { _ in "text" }
      }
      #expect(error?.code == .invalid || error?.code == .other)

      try await repository.updateNote(on: commit, in: .penstock, author: author, timeLimit: .zero) { _ in "text\n" }
      #expect(try await repository.note(on: commit, in: .penstock) == "text\n")
    }
  }
}

/// Spread evenly, as real names are: a note may be on an object that is not there.
private func synthetic(_ number: Int) -> String {
  var state = UInt64(number) &+ 0x9E37_79B9_7F4A_7C15
  return (0..<5).map { _ in
    state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
    let digits = String(UInt32(truncatingIfNeeded: state >> 31), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }.joined()
}
