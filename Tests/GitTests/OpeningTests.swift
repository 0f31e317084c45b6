import Git
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite("Opening a repository")
struct OpeningTests {
  @Test("a bare repository has no work tree")
  func bare() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.bare)

      #expect(repository.gitDirectory == scratch.bare)
      #expect(repository.commonDirectory == scratch.bare)
      #expect(repository.workTree == nil)
    }
  }

  @Test("a work tree is opened by its top, by its .git, and found from a folder inside")
  func workTree() async throws {
    try await ScratchRepository.with { scratch in
      try scratch.write("", to: scratch.clone.appending("supabase/migrations/1_a.sql"))

      let byTop = try await Repository.open(scratch.clone)
      let byGitDirectory = try await Repository.open(scratch.clone.appending(".git"))
      let found = try await Repository.discover(from: scratch.clone.appending("supabase/migrations"))

      for repository in [byTop, byGitDirectory, found] {
        #expect(repository.gitDirectory == scratch.clone.appending(".git"))
        #expect(repository.workTree == scratch.clone)
      }
    }
  }

  @Test("a linked work tree shares its references with the repository it belongs to")
  func linkedWorkTree() async throws {
    try await ScratchRepository.with { scratch in
      let commit = try await scratch.commit("first", files: ["a": "1"])
      try await scratch.git("worktree", "add", "--quiet", "-b", "side", "../side")

      let repository = try await Repository.open(scratch.directory.appending("side"))

      #expect(repository.commonDirectory == scratch.clone.appending(".git"))
      #expect(repository.gitDirectory == scratch.clone.appending(".git/worktrees/side"))
      #expect(repository.workTree == scratch.directory.appending("side"))
      #expect(try await repository.head() == RefName(branch: "side"))
      #expect(try await repository.target(of: RefName(branch: "main")) == commit)
    }
  }

  @Test("a folder inside a work tree is no repository to open, and nothing above a repository is found")
  func notFound() async throws {
    try await ScratchRepository.with { scratch in
      try scratch.write("", to: scratch.clone.appending("inside/file"))

      for path in [scratch.clone.appending("inside"), scratch.directory.appending("none")] {
        let error = await #expect(throws: GitError.self) { try await Repository.open(path) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "there is no git repository at \(path)")
      }
      let error = await #expect(throws: GitError.self) { try await Repository.discover(from: scratch.directory) }
      #expect(error?.code == .notFound)
      #expect(error?.message == "there is no git repository at \(scratch.directory) or above it")
    }
  }

  @Test("a repository of SHA-256 names is refused")
  func sha256() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.git("init", "--quiet", "--bare", "--object-format=sha256", "new.git", in: scratch.directory)

      let error = await #expect(throws: GitError.self) {
        try await Repository.open(scratch.directory.appending("new.git"))
      }

      #expect(error?.code == .unsupported)
      #expect(
        error?.message
          == "\(scratch.directory)/new.git names its objects by sha256, which libgit2 cannot read: "
          + "use a repository made with `git init --object-format=sha1`")
    }
  }

  @Test(
    "an extension that libgit2 does not know is refused with what to do",
    arguments: [
      ("refStorage", "reftable", "git refs migrate --ref-format=files"),
      ("partialClone", "origin", "use a full clone"),
      ("worktreeConfig", "true", "git config --unset extensions.worktreeConfig"),
      ("preciousObjects", "true", "git config --unset extensions.preciousobjects"),
    ])
  func extensions(key: String, value: String, advice: String) async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: [:])
      try await scratch.git("worktree", "add", "--quiet", "../side")
      for folder in [scratch.bare, scratch.clone] {
        try await scratch.git("config", "core.repositoryFormatVersion", "1", in: folder)
        let config = folder == scratch.bare ? folder.appending("config") : folder.appending(".git/config")
        let file = try FileDescriptor.open(config, .writeOnly, options: .append)
        _ = try file.closeAfter { try file.writeAll("[extensions]\n\t\(key) = \(value)\n".utf8) }
      }

      for folder in [scratch.bare, scratch.clone, scratch.directory.appending("side")] {
        let error = await #expect(throws: GitError.self) { try await Repository.open(folder) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(advice) == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test("another user's repository is opened only when that user is trusted", .enabled(if: geteuid() == 0))
  func foreignOwner() async throws {
    try await ScratchRepository.with { scratch in
      let own = try await Repository.open(scratch.bare)
      guard try await own.configurationValues("safe.directory").isEmpty else {
        try Test.cancel("this user's own git configuration trusts repositories of others")
      }
      try #require(chown(scratch.bare.string, 4711, 4711) == 0)

      let error = await #expect(throws: GitError.self) { try await Repository.open(scratch.bare) }
      #expect(error?.code == .untrusted)
      #expect(
        error?.message
          == "\(scratch.bare) belongs to user 4711, and this is user root: run as that user, or trust it with "
          + "`git config --global --add safe.directory \(scratch.bare)`")
      let strict = await #expect(throws: GitError.self) {
        try await Repository.open(scratch.bare, trust: .users([4712]))
      }
      #expect(strict?.code == .untrusted)

      _ = try await Repository.open(scratch.bare, trust: .users([4711]))
      _ = try await Repository.open(scratch.bare, trust: .anyone)
    }
  }
}
