import Foundation
import Postgres
import Shadow
import SystemPackage
import TestSupport
import Testing

@Suite("The local database", .timeLimit(.minutes(5)))
struct LocalDatabaseTests {
  @Test("what every template writes validates cleanly and applies", arguments: ["supabase", "migrations"])
  func templates(folder: String) async throws {
    try await withCheckout(folder) { repository in
      let migrations = [
        ["create customers table"], ["create products table"],
        ["add status to customers", "--template", "column", "--column", "status"],
        ["customers products", "--template", "junction", "--joins", "customers,products"],
        ["products in stock", "--template", "policy", "--table", "products"],
        ["order status", "--template", "enum", "--values", "new,paid"],
        [
          "customers status", "--template", "type-change", "--table", "customers", "--column", "status", "--type",
          "varchar",
        ],
        ["undo", "--template", "rollback", "--of", "20250101000000"], ["nothing", "--template", "empty"],
      ]
      for arguments in migrations {
        let new = try await Penstock.run(["new"] + arguments, in: repository.clone)
        #expect(new.exitCode == 0, "\(new.error)")
      }

      // The second policy for products is one too many, which is what was asked for; and on a plain PostgreSQL whose rows
      // are whose is left to the author.
      try repository.write(
        "lint: { rules: { multiple-permissive-policies: off, rls-always-true: off, rls-not-forced: off } }\n",
        to: repository.clone.appending("penstock.yaml"))
      let validate = try await Penstock.run("validate", "--fail-on", "advice", in: repository.clone)
      let reset = try await Penstock.run("reset", in: repository.clone)

      #expect(validate.exitCode == 0, "\(validate.output)")
      #expect(reset.exitCode == 0, "\(reset.error)")
      #expect(reset.output == "The local database has \(migrations.count) migrations.\n")
    }
  }

  @Test("the local database stays out of commits, and JSON says what it has")
  func ignored() async throws {
    try await withCheckout("migrations") { repository in
      let new = try await Penstock.run("new", "create customers table", "--format", "json", in: repository.clone)
      let reset = try await Penstock.run("reset", "--format", "json", in: repository.clone)
      let up = try await Penstock.run("up", "--format", "json", in: repository.clone)

      let path = try #require(try decode([String: String].self, new)["path"])
      #expect(try decode(HistoryVerdict.self, reset).files.map(\.file) == [path])
      #expect(try decode([String: [String]].self, up) == ["applied": []])
      #expect(try await repository.git("status", "--porcelain", "--untracked-files=all") == "?? \(path)")
    }
  }

  @Test("reset --stop stops the server, and starts none to stop it")
  func stop() async throws {
    try await withCheckout("migrations") { repository in
      let postmaster = repository.clone.appending(".penstock/database/server/data/postmaster.pid").string
      let nothing = try await Penstock.run("reset", "--stop", in: repository.clone)
      #expect(nothing.exitCode == 0 && nothing.error.contains("No local server"), "\(nothing.error)")
      #expect(!FileManager.default.fileExists(atPath: repository.clone.appending(".penstock").string))
      _ = try await Penstock.run("reset", in: repository.clone)
      #expect(FileManager.default.fileExists(atPath: postmaster))

      let stop = try await Penstock.run("reset", "--stop", in: repository.clone)

      #expect(stop.exitCode == 0, "\(stop.error)")
      #expect(!FileManager.default.fileExists(atPath: postmaster))
    }
  }

  @Test("reset --stop stops the shadows' server where it runs, in memory or not")
  func stopShadows() async throws {
    try await withCheckout("migrations") { repository in
      let state = repository.clone.appending(".penstock")
      let inMemory = ShadowDirectory.automatic.resolved(state: state, size: 1)
      let binaries = try await ServerBinaries.best()
      var processes: [Int32] = []
      for folder in Set([state.appending("shadow"), inMemory]) {
        let server = try await EmbeddedServer.start(
          .init(
            directory: ShadowServers.folder(forMajor: binaries.major, in: folder), binaries: binaries,
            lifetime: .detached))
        processes.append(try #require(await server.processID))
      }

      let stop = try await Penstock.run("reset", "--stop", in: repository.clone)

      #expect(stop.exitCode == 0, "\(stop.error)")
      for process in processes {
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")) == nil)
      }
      if inMemory.starts(with: "/dev/shm") { try FileManager.default.removeItem(atPath: inMemory.string) }
    }
  }

  @Test("the local database has the version that the project names, and is made anew with another by reset alone")
  func otherVersion() async throws {
    guard let other = try await TestServer.otherVersion else { try Test.cancel("only one PostgreSQL is installed") }
    let newest = try await ServerBinaries.best().major
    try await withCheckout("supabase/migrations") { repository in
      func version() async throws -> Int {
        let url = try await Penstock.run("reset", "--url", in: repository.clone)
        #expect(url.exitCode == 0, "\(url.error)")
        let target = try ConnectionString(url.output.trimmingCharacters(in: .whitespacesAndNewlines))
        return try await Connection.with(target, as: "tests") { await $0.serverVersion / 10_000 }
      }
      let config = repository.clone.appending("supabase/config.toml")
      try repository.write("[db]\nmajor_version = \(other.major)\n", to: config)
      let first = try await Penstock.run("reset", in: repository.clone)
      #expect(first.exitCode == 0, "\(first.error)")
      #expect(try await version() == other.major)

      try repository.write("[db]\nmajor_version = \(newest)\n", to: config)
      #expect(try await version() == other.major)
      let second = try await Penstock.run("reset", in: repository.clone)

      #expect(second.exitCode == 0, "\(second.error)")
      #expect(try await version() == newest)
    }
  }

  @Test("a local database of another profile is not taken for drift: reset makes it anew, and says so")
  func otherProfile() async throws {
    try await withCheckout("migrations") { repository in
      _ = try await Penstock.run("new", "create customers table", in: repository.clone)
      let first = try await Penstock.run("reset", in: repository.clone)
      try FileManager.default.createDirectory(
        atPath: repository.clone.appending("supabase").string, withIntermediateDirectories: true)

      for command in [["up"], ["status"], ["diff"], ["reset", "--url"]] {
        let refusal = try await Penstock.run(command, in: repository.clone)
        #expect(refusal.exitCode == 2, "\(command): \(refusal.output)")
        #expect(refusal.error.contains("was made with the profile postgres"), "\(command): \(refusal.error)")
        #expect(refusal.error.contains("penstock reset makes it anew"), "\(command): \(refusal.error)")
      }
      let asItIs = try await Penstock.run("status", "--profile", "postgres", in: repository.clone)
      let reset = try await Penstock.run("reset", in: repository.clone)
      let diff = try await Penstock.run("diff", in: repository.clone)

      #expect(first.exitCode == 0 && asItIs.exitCode == 0, "\(first.error) \(asItIs.error)")
      #expect(reset.error.contains("was made with the profile postgres. It is made anew with supabase."))
      #expect(reset.exitCode == 0 && diff.exitCode == 0, "\(reset.error) \(diff.output) \(diff.error)")
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ outcome: Penstock.Outcome) throws -> Value {
    #expect(outcome.exitCode == 0, "\(outcome.error)")
    return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
  }

  /// A clone that PostgreSQL's user can reach too, with an empty folder in it that chooses the profile.
  private func withCheckout(_ folder: String, _ body: (ScratchRepository) async throws -> Void) async throws {
    try await ScratchRepository.with { repository in
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
      try FileManager.default.createDirectory(
        atPath: repository.clone.appending(folder).string, withIntermediateDirectories: true)
      do {
        try await body(repository)
      } catch {
        _ = try await Penstock.run("reset", "--stop", in: repository.clone)
        throw error
      }
      _ = try await Penstock.run("reset", "--stop", in: repository.clone)
    }
  }
}
