import Git
import SystemPackage
import TestSupport
import Testing

@Suite("Configuration and hooks")
struct ConfigurationTests {
  @Test("a value is set, read back by git, and replaced")
  func single() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.bare)
      #expect(try await repository.configuration("penstock.socket") == nil)

      try await repository.setConfiguration("penstock.socket", to: "/run/a b;#\"c\"")
      #expect(try await scratch.git("config", "penstock.socket", in: scratch.bare) == "/run/a b;#\"c\"")

      try await repository.setConfiguration("penstock.socket", to: "/run/b")
      #expect(try await repository.configuration("penstock.socket") == "/run/b")
    }
  }

  @Test("values are added beside others, once, and removed one by one")
  func several() async throws {
    try await ScratchRepository.with { scratch in
      let repository = try await Repository.open(scratch.clone)
      let usual = try await repository.configurationValues("remote.origin.fetch")
      let notes = "refs/notes/penstock:refs/notes/remotes/origin/penstock"

      try await repository.addConfiguration("remote.origin.fetch", value: notes)
      try await repository.addConfiguration("remote.origin.fetch", value: notes)
      #expect(try await repository.configurationValues("remote.origin.fetch") == usual + [notes])
      #expect(try await scratch.git("config", "--get-all", "remote.origin.fetch").split(separator: "\n").count == 2)

      try await repository.removeConfiguration("remote.origin.fetch", value: notes)
      try await repository.removeConfiguration("remote.origin.fetch", value: notes)
      #expect(try await repository.configurationValues("remote.origin.fetch") == usual)
    }
  }

  @Test("hooks are in the repository, and in the common one for a linked work tree")
  func standardHooks() async throws {
    try await ScratchRepository.with { scratch in
      try await scratch.commit("first", files: [:])
      try await scratch.git("worktree", "add", "--quiet", "../side")

      let bare = try await Repository.open(scratch.bare).hooksDirectory()
      let clone = try await Repository.open(scratch.clone).hooksDirectory()
      let side = try await Repository.open(scratch.directory.appending("side")).hooksDirectory()

      #expect(bare == HooksDirectory(path: scratch.bare.appending("hooks"), origin: .standard))
      #expect(clone == HooksDirectory(path: scratch.clone.appending(".git/hooks"), origin: .standard))
      #expect(side == clone)
    }
  }

  @Test(
    "core.hooksPath counts from the top of the work tree, or from a bare repository",
    arguments: [(".husky", ".husky"), ("../shared/", "../shared"), ("/srv/hooks", "/srv/hooks")])
  func configuredHooks(value: String, expected: String) async throws {
    try await ScratchRepository.with { scratch in
      for folder in [scratch.clone, scratch.bare] {
        let repository = try await Repository.open(folder)
        try await repository.setConfiguration("core.hooksPath", to: value)

        let hooks = try await repository.hooksDirectory()

        #expect(hooks.origin == .repository)
        #expect(hooks.path == folder.pushing(FilePath(expected)).lexicallyNormalized())
        let git = try await scratch.git("rev-parse", "--git-path", "hooks", in: folder)
        #expect(folder.pushing(FilePath(git)).lexicallyNormalized() == hooks.path)
      }
    }
  }
}
