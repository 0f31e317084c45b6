import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("The command line")
struct CommandTests {
  @Test("init, new and validate work together in a fresh repository")
  func scaffolds() async throws {
    try await ScratchRepository.with { repository in
      try repository.write("", to: repository.clone.appending("supabase/.keep"))

      let first = try await Penstock.run("init", in: repository.clone)
      let again = try await Penstock.run("init", in: repository.clone)
      let new = try await Penstock.run("new", "create customer invoices table", in: repository.clone)
      let validate = try await Penstock.run("validate", in: repository.clone)
      let check = try await Penstock.run(
        "check-config", "pipelines/staging.yaml", "penstock.yaml", in: repository.clone)

      #expect(first.exitCode == 0, "\(first.error)")
      #expect(again.error.contains("is there already"), "\(again.error)")
      #expect(new.output.hasSuffix("_create_customer_invoices_table.sql\n"), "\(new.output) \(new.error)")
      #expect(validate.exitCode == 0, "\(validate.output) \(validate.error)")
      #expect(check.exitCode == 0, "\(check.error)")
    }
  }

  @Test("findings end with exit code 1, and JSON has the documented shape")
  func findings() async throws {
    try await ScratchRepository.with { repository in
      try repository.write(
        "create table public.orders (id int);\n",
        to: repository.clone.appending("supabase/migrations/20250101000000_orders.sql"))

      let answer = try await Penstock.run("validate", "--all", "--format", "json", in: repository.clone)

      #expect(answer.exitCode == 1)
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
      #expect(json["version"] as? Int == 1)
      let rules = (json["findings"] as? [[String: Any]])?.compactMap { $0["rule"] as? String } ?? []
      #expect(rules.contains("rls-disabled") && rules.contains("require-primary-key"), "\(rules)")
    }
  }

  @Test(
    "a wrong command or file ends with 2, what cannot be reached with 3",
    arguments: [
      (["validate", "--no-such-option"], 2), (["check-config", "missing.yaml"], 2), (["runs"], 3),
      (["up", "--database", "postgresql://nobody@/nowhere?host=/nowhere"], 3), (["validate", "-C", "/nowhere"], 2),
      (["polices"], 2), (["validate", "missing.sql"], 2), (["diff", "no-such-branch", "worktree"], 2),
    ] as [([String], Int32)])
  func exitCodes(arguments: [String], expected: Int32) async throws {
    try await ScratchRepository.with { repository in
      let answer = try await Penstock.run(
        arguments, in: repository.clone,
        environment: ["PENSTOCK_SOCKET": repository.directory.appending("none.sock").string])

      #expect(answer.exitCode == expected, "\(answer.error)")
      #expect(!answer.error.isEmpty)
    }
  }

  @Test(
    "an empty file, a binary file and a template are each told apart",
    arguments: [
      ("", 0, "1 file"), ("\u{0}\u{1}", 1, "20250101000000_x.sql"),
      ("create table {{ .Name }} (id int);", 1, "template"),
    ] as [(String, Int32, String)])
  func oddFiles(content: String, exitCode: Int32, expected: String) async throws {
    try await ScratchRepository.with { repository in
      try repository.write(content, to: repository.clone.appending("migrations/20250101000000_x.sql"))

      let answer = try await Penstock.run("validate", "--all", in: repository.clone)

      #expect(answer.exitCode == exitCode, "\(answer.output) \(answer.error)")
      #expect((answer.output + answer.error).contains(expected), "\(answer.output) \(answer.error)")
    }
  }

  @Test("--fix shows a patch that git applies, writes the same, keeps modes, and leaves what is published alone")
  func fix() async throws {
    try await ScratchRepository.with { repository in
      let folder = repository.clone.appending("supabase/migrations")
      let published = "create table public.a (id int);\n"
      let pending = "select 1;\r\ncreate index a_id on public.other (id);\r\n"
      try await repository.commit("a", files: ["supabase/migrations/20250101000000_a.sql": published])
      let file = folder.appending("20250102000000_b.sql")
      try repository.write(pending, to: file)
      try repository.write("select 2;\n", to: folder.appending("20250103000000_Last One.sql"))
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.string)

      let preview = try await Penstock.run("validate", "--all", "--fix", "--dry-run", in: repository.clone)
      let untouched = try String(contentsOfFile: file.string, encoding: .utf8)
      let answer = try await Penstock.run("validate", "--all", "--fix", in: repository.clone)

      #expect(untouched == pending)
      #expect(answer.error.contains("left alone: "), "\(answer.error)")
      #expect(try String(contentsOfFile: folder.appending("20250101000000_a.sql").string, encoding: .utf8) == published)
      #expect(try String(contentsOfFile: file.string, encoding: .utf8) == "select 1;\r\n")
      let mode = try FileManager.default.attributesOfItem(atPath: file.string)[.posixPermissions] as? Int
      #expect(mode == 0o640)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
      #expect(names.count == 4 && names.contains("20250103000000_last_one.sql"), "\(names)")
      let built = try #require(names.first { $0.hasSuffix("_build_a_id.sql") })
      let moved = try String(contentsOfFile: folder.appending(built).string, encoding: .utf8)
      #expect(moved.contains("create index concurrently if not exists a_id on public.other (id);\r\n"), "\(moved)")

      // The patch leads from the same beginning to the same end.
      let other = repository.directory.appending("other/supabase/migrations")
      try repository.write(published, to: other.appending("20250101000000_a.sql"))
      try repository.write(pending, to: other.appending("20250102000000_b.sql"))
      try repository.write("select 2;\n", to: other.appending("20250103000000_Last One.sql"))
      let patch = repository.directory.appending("fix.patch")
      try repository.write(preview.output, to: patch)
      try await repository.git("apply", patch.string, in: repository.directory.appending("other"))
      for name in names {
        let ours = try String(contentsOfFile: folder.appending(name).string, encoding: .utf8)
        #expect(try String(contentsOfFile: other.appending(name).string, encoding: .utf8) == ours, "\(name)")
      }
    }
  }
}
