import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("penstock rollback", .timeLimit(.minutes(5)))
struct RollbackTests {
  private static let files: [String: String?] = [
    "supabase/migrations/20260101000000_orders.sql": "create table orders (id int primary key, gone int, note text);",
    "supabase/migrations/20260102000000_status.sql": """
    alter table orders add column status text default 'new', drop column gone;
    update orders set note = 'x';
    """,
    "supabase/migrations/20260103000000_index.sql": "create index on orders (status);",
  ]

  @Test("says what would be lost, and writes nothing, when it is only asked")
  func check() async throws {
    try await withCheckout { repository in
      let answer = try await Penstock.run(
        "rollback", "20260102000000", "--to", "20260101000000", "--check", in: repository.clone)
      let last = try await Penstock.run("rollback", "20260103000000", "--check", in: repository.clone)

      // The index needs the column.
      #expect(
        answer.exitCode == 1 && answer.error.contains("20260103000000_index.sql does not apply"), "\(answer.error)")
      #expect(last.exitCode == 0 && last.output.hasPrefix("Nothing would be lost."), "\(last.output) \(last.error)")

      let all = try await Penstock.run(
        "rollback", "20260103000000", "--to", "20260101000000", "--check", in: repository.clone)
      #expect(all.exitCode == 1, "\(all.output)")
      #expect(all.output.contains("  - column public.orders.status with its values\n"), "\(all.output)")
      #expect(all.output.contains("  - what was in column public.orders.gone\n"), "\(all.output)")
      #expect(all.output.contains("  - what UPDATE at line 2 of 20260102000000_status.sql changed\n"), "\(all.output)")
      #expect(all.output.contains("Proved: "), "\(all.output)")
      #expect(try await repository.git("status", "--porcelain") == "")
    }
  }

  @Test("writes a migration that undoes one, or several, and that says what it loses")
  func write() async throws {
    try await withCheckout { repository in
      let answer = try await Penstock.run("rollback", "20260103000000", "--to", "20260101000000", in: repository.clone)

      #expect(answer.exitCode == 0, "\(answer.error)")
      let path = answer.output.trimmingCharacters(in: .newlines)
      #expect(path.hasSuffix("_rollback_20260103000000_to_20260102000000.sql"), "\(path)")
      let text = try String(contentsOfFile: repository.clone.appending(path).string, encoding: .utf8)
      #expect(text.contains("SELECT id, note FROM public.orders_penstock_old;\n"), "\(text)")
      #expect(text.contains("-- Does not bring back what was in column public.orders.gone.\n"), "\(text)")
      #expect(text.contains("-- Proved: "), "\(text)")
      // What it leads to is the schema of the first migration alone.
      _ = try await repository.commit("back", files: [path: text])
      let first = try await Penstock.run("diff", "HEAD~2", "worktree", in: repository.clone)
      #expect(first.exitCode == 0, "\(first.output)")
    }
  }

  @Test("of a version that is not there, or the wrong way round, is refused")
  func refusals() async throws {
    try await withCheckout { repository in
      let unknown = try await Penstock.run("rollback", "9", in: repository.clone)
      let backwards = try await Penstock.run(
        "rollback", "20260101000000", "--to", "20260103000000", in: repository.clone)

      #expect(unknown.exitCode == 2 && unknown.error.contains("there is no migration 9"), "\(unknown.error)")
      #expect(
        backwards.exitCode == 2 && backwards.error.contains("20260103000000 is not before 20260101000000"),
        "\(backwards.error)")
    }
  }

  private func withCheckout(_ body: (ScratchRepository) async throws -> Void) async throws {
    try await ScratchRepository.with { repository in
      // PostgreSQL's user must reach the shadow.
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
      try await repository.commit(
        "first",
        files: [
          "supabase/migrations/20260101000000_orders.sql": Self.files["supabase/migrations/20260101000000_orders.sql"]!
        ])
      try await repository.commit("rest", files: Self.files)
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
