import Daemon
import Foundation
import Git
import SystemPackage
import TestSupport
import Testing

@Suite("Hooks")
struct HookTests {
  @Test("what is installed is what is in hooks/, to the byte", arguments: HookScript.allCases)
  func sameBytes(_ script: HookScript) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()

    let file = try String(contentsOf: root.appendingPathComponent("hooks/\(script.rawValue)"), encoding: .utf8)

    #expect(script.text == file)
  }

  @Test("installing twice is installing once, and uninstalling leaves nothing")
  func idempotent() async throws {
    try await ScratchRepository.with { scratch in
      let installer = HookInstaller(try await Repository.open(scratch.clone), isServer: false)
      let before = try await scratch.git("config", "--local", "--list")

      #expect(try await installer.install(binary: "/usr/bin/penstock").contains("pre-commit: installed"))
      let config = try await scratch.git("config", "--local", "--list")
      #expect(try await installer.install(binary: "/usr/bin/penstock").contains("pre-push: is installed already"))

      #expect(try await scratch.git("config", "--local", "--list") == config)
      #expect(config.contains("remote.origin.fetch=refs/notes/penstock:refs/notes/remotes/origin/penstock"))
      #expect(config.contains("notes.displayref=refs/notes/remotes/origin/penstock"))
      #expect(try await installer.status().allSatisfy { $0.contains(": installed in ") })
      _ = try await installer.uninstall()
      #expect(try await installer.status().allSatisfy { $0.hasSuffix("not installed") })
      #expect(try await scratch.git("config", "--local", "--list") == before)
    }
  }

  @Test("a developer's hooks are refused in a bare repository, in which nobody commits")
  func bare() async throws {
    try await ScratchRepository.with { scratch in
      let installer = HookInstaller(try await Repository.open(scratch.bare), isServer: false)

      let error = await #expect(throws: DaemonError.self) { try await installer.install() }

      #expect(error?.message.contains("--server") == true)
    }
  }

  @Test("a hook that was there runs first, with its input and its exit code, and is back after uninstalling")
  func chained() async throws {
    try await ScratchRepository.with { scratch in
      let hook = scratch.clone.appending(".git/hooks/pre-push")
      try scratch.write("#!/bin/sh\ncat > \"$(git rev-parse --git-dir)/seen\"\nexit 7\n", to: hook)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook.string)
      let original = try read(hook)
      let installer = HookInstaller(try await Repository.open(scratch.clone), isServer: false)
      try await scratch.commit("First", files: ["a": "a"])

      let lines = try await installer.install()
      let refused = try await scratch.push("main")

      #expect(lines.contains("pre-push: installed; the hook that was there runs first"))
      #expect(!refused.isSuccess)
      #expect(try read(scratch.clone.appending(".git/seen")).hasPrefix("refs/heads/main "))
      #expect(try await installer.install().contains("pre-push: is installed already"))
      _ = try await installer.uninstall()
      #expect(try read(hook) == original)
    }
  }

  @Test("without penstock on the machine a developer can commit and push")
  func missingProgram() async throws {
    try await ScratchRepository.with { scratch in
      let developer = HookInstaller(try await Repository.open(scratch.clone), isServer: false)
      let server = HookInstaller(try await Repository.open(scratch.bare), isServer: true)
      _ = try await developer.install()
      _ = try await server.install(binary: "/nowhere/penstock")

      try await scratch.commit("First", files: ["a": "a"])
      let pushed = try await scratch.push("main", environment: ["PATH": "/usr/bin:/bin"])

      #expect(pushed.isSuccess)
      #expect(pushed.standardError.contains("the migrations are checked when they have been pushed"))
      #expect(pushed.standardError.contains("remote: penstock is not installed here"))
    }
  }

  @Test("hooks that belong to all of a user's repositories are not touched")
  func globalHooks() async throws {
    try await ScratchRepository.with { scratch in
      let shared = scratch.directory.appending("shared-hooks")
      try await scratch.git("config", "core.hooksPath", shared.string)
      let local = HookInstaller(try await Repository.open(scratch.clone), isServer: false)

      _ = try await local.install()

      // Set in the repository's own configuration it is the repository's to say.
      #expect(FileManager.default.fileExists(atPath: shared.appending("pre-commit").string))
      #expect(!FileManager.default.fileExists(atPath: scratch.clone.appending(".git/hooks/pre-commit").string))
    }
  }
}
