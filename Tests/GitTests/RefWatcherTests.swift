import Dispatch
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Git

@Suite("Watching references", .timeLimit(.minutes(1)))
struct RefWatcherTests {
  /// Waits for a hint after each of several changes of one kind, so that hints left over from earlier changes do not
  /// count for all of them. A missing hint ends in the suite's time limit.
  private func expectHints(
    from iterator: inout RefWatcher.Iterator, after change: (_ round: Int) async throws -> Void
  ) async throws {
    for round in 0..<5 {
      try await change(round)
      try #require(await iterator.next() != nil)
    }
  }

  @Test("a push, a new branch in new folders, a deletion and pack-refs each give a hint")
  func pushes() async throws {
    try await ScratchRepository.with { scratch in
      var iterator = try RefWatcher(directories: [scratch.bare]).makeAsyncIterator()

      try await scratch.commit("first", files: [:])
      try await expectHints(from: &iterator) { try await scratch.push("main:b\($0)") }
      try await expectHints(from: &iterator) { try await scratch.deleteBranch("b\($0)") }
      try await expectHints(from: &iterator) { try await scratch.push("main:\($0)/new/folder") }
      try await expectHints(from: &iterator) { round in
        try await scratch.commit("round \(round)", files: [:])
        try await scratch.push("main:\(round)/new/folder")
      }
      try await expectHints(from: &iterator) { _ in
        try await scratch.git("pack-refs", "--all", "--no-prune", in: scratch.bare)
      }
    }
  }

  @Test("one watcher watches several repositories")
  func several() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: [:])
      try await scratch.push("main:main")
      let directories = [scratch.bare, scratch.clone.appending(".git")]
      var iterator = try RefWatcher(directories: directories).makeAsyncIterator()

      for directory in directories {
        let repository = try await Repository.open(directory)
        try await expectHints(from: &iterator) { round in
          try await repository.setReference(RefName(branch: "\(round)"), to: commit, message: "new")
        }
      }
    }
  }

  @Test("a change between making the watcher and the first wait is not lost, and many are one")
  func buffered() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: [:])
      let watcher = try RefWatcher(directories: [scratch.bare])

      for number in 0..<3 { try await scratch.push("main:b\(number)") }

      var iterator = watcher.makeAsyncIterator()
      let repository = try await Repository.open(scratch.bare)
      try #require(await iterator.next() != nil)
      #expect(try await repository.references().count == 3)
    }
  }

  @Test("waiting ends with its task")
  func cancelled() async throws {
    try await ScratchRepository.with { scratch in
      let watcher = try RefWatcher(directories: [scratch.bare])

      let waiting = Task {
        for await _ in watcher {}
      }
      waiting.cancel()

      await waiting.value
    }
  }

  @Test("a directory that is not there cannot be watched")
  func missing() async throws {
    try await ScratchRepository.with { scratch in
      let error = #expect(throws: GitError.self) {
        try RefWatcher(directories: [scratch.bare, scratch.directory.appending("none.git")])
      }
      #expect(error?.code == .notFound)
      #expect(error?.message == "cannot watch \(scratch.directory)/none.git: No such file or directory")
    }
  }

  @Test(
    "lock files and a repository's other files are no references",
    arguments: [
      ("main", false, true), ("main.lock", false, false), ("refs", true, true), ("packed-refs", true, true),
      ("packed-refs.lock", true, false), ("HEAD", true, false), ("index", true, false), ("refs", false, true),
    ])
  func names(name: String, inRepositoryItself: Bool, expected: Bool) {
    #expect(WatchedTree.mayBeReference(name, inRepositoryItself: inRepositoryItself) == expected)
  }

  @Test("an overflow of the kernel's queue gives a hint, and folders made meanwhile are watched")
  func overflow() async throws {
    try await ScratchRepository.with { scratch in
      let heads = scratch.bare.appending("refs/heads")
      let (hints, continuation) = AsyncStream.makeStream(of: Void.self)
      var iterator = hints.makeAsyncIterator()
      let mayGoOn = DispatchSemaphore(value: 0)
      let tree = try WatchedTree([scratch.bare]) {
        continuation.yield()
        mayGoOn.wait()
      }

      // The reader stays in its first hint until the queue has overflowed, and so misses the new folder.
      try touch(heads.appending("a"))
      _ = await iterator.next()
      // Each file is three events: made, written and deleted.
      for _ in 0...(try queueLimit() / 3) { try touch(heads.appending("a")) }
      try #require(mkdir(heads.appending("new").string, 0o755) == 0)
      mayGoOn.signal()
      _ = await iterator.next()
      mayGoOn.signal()
      try touch(heads.appending("new/b"))
      _ = await iterator.next()

      mayGoOn.signal()
      withExtendedLifetime(tree) {}
    }
  }

  private func queueLimit() throws -> Int {
    let file = try FileDescriptor.open("/proc/sys/fs/inotify/max_queued_events", .readOnly)
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = try file.closeAfter { try bytes.withUnsafeMutableBytes { try file.read(into: $0) } }
    return try #require(Int(String(decoding: bytes[..<(count - 1)], as: UTF8.self)))
  }

  private func touch(_ path: FilePath) throws {
    let file = open(path.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    try #require(file >= 0)
    close(file)
    unlink(path.string)
  }
}
