import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Git

@Suite("The lock of the notes")
struct NotesLockTests {
  private let author = Signature(name: "Penstock", email: "penstock@localhost", time: 1_762_603_260)

  private func lockFile(_ scratch: ScratchRepository) -> FilePath {
    scratch.bare.appending("refs/notes/penstock.lock")
  }

  @Test("a lock that stays is reported with its file and age, and left alone")
  func held() async throws {
    try await ScratchRepository.with { scratch in
      let lock = lockFile(scratch)
      try scratch.write("", to: lock)
      var times = [timespec(tv_sec: time(nil) - 7200, tv_nsec: 0), timespec(tv_sec: time(nil) - 7200, tv_nsec: 0)]
      try #require(utimensat(AT_FDCWD, lock.string, &times, 0) == 0)
      let repository = try await Repository.open(scratch.bare)
      let object = try #require(ObjectID(hex: String(repeating: "a", count: 40)))

      let error = await #expect(throws: GitError.self) {
        try await repository.updateNote(on: object, in: .penstock, author: author, timeLimit: .milliseconds(50)) { _ in
          "text"
        }
      }

      #expect(error?.code == .locked)
      #expect(error?.lockFile == lock)
      let message = try #require(error?.message)
      #expect(message.hasPrefix("cannot write the note on aaaaaaaaaa: \(lock) is locked, has been for 120 min "))
      #expect(
        message.hasSuffix(
          "and stayed so for 50 ms: if no git process is at work there, it was left by one that died: remove it"))
      #expect(access(lock.string, F_OK) == 0)
    }
  }

  @Test("while a note is written, the lock file is marked and held, so that a killed writer can be told")
  func marked() async throws {
    try await ScratchRepository.with { scratch in
      let lock = lockFile(scratch)
      let repository = try await Repository.open(scratch.bare)
      let object = try #require(ObjectID(hex: String(repeating: "a", count: 40)))

      try await repository.updateNote(on: object, in: .penstock, author: author) { _ in
        #expect(!LockFile(path: lock).removeIfAbandoned())
        let file = open(lock.string, O_RDONLY)
        defer { close(file) }
        var content = [UInt8](repeating: 0, count: 64)
        #expect(read(file, &content, content.count) == 9)
        return String(decoding: content.prefix(9), as: UTF8.self)
      }

      #expect(try await repository.note(on: object, in: .penstock) == "penstock\n")
      #expect(access(lock.string, F_OK) == -1)
    }
  }

  @Test("a lock that a killed Penstock left is removed")
  func abandoned() async throws {
    try await ScratchRepository.with { scratch in
      try scratch.write("penstock\n", to: lockFile(scratch))
      let repository = try await Repository.open(scratch.bare)
      let object = try #require(ObjectID(hex: String(repeating: "a", count: 40)))

      try await repository.updateNote(on: object, in: .penstock, author: author, timeLimit: .zero) { _ in "text\n" }

      #expect(try await repository.note(on: object, in: .penstock) == "text\n")
    }
  }

  @Test("a lock that a living Penstock holds is waited for, and written after it")
  func alive() async throws {
    try await ScratchRepository.with { scratch in
      let lock = lockFile(scratch)
      try scratch.write("", to: lock)
      let claim = LockFile(path: lock).claim()
      let repository = try await Repository.open(scratch.bare)
      let object = try #require(ObjectID(hex: String(repeating: "a", count: 40)))

      let error = await #expect(throws: GitError.self) {
        try await repository.updateNote(on: object, in: .penstock, author: author, timeLimit: .zero) { _ in "text" }
      }
      #expect(error?.code == .locked)
      async let written: Void = repository.updateNote(
        on: object, in: .penstock, author: author, timeLimit: .seconds(50)
      ) { _ in "text\n" }
      unlink(lock.string)
      try await written

      #expect(try await repository.note(on: object, in: .penstock) == "text\n")
      extendLifetime(claim)
    }
  }

  @Test("a cancelled task stops waiting for a lock")
  func cancelled() async throws {
    try await ScratchRepository.with { scratch in
      try scratch.write("", to: lockFile(scratch))
      let repository = try await Repository.open(scratch.bare)
      let object = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
      let author = author

      let waiting = Task {
        try await repository.updateNote(on: object, in: .penstock, author: author, timeLimit: .seconds(3600)) { _ in
          "text"
        }
      }
      waiting.cancel()

      let error = await #expect(throws: GitError.self) { try await waiting.value }
      #expect(error?.code == .cancelled)
    }
  }
}
