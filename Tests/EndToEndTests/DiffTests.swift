import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("penstock diff")
struct DiffTests {
  @Test("prints the SQL that turns one database into another, and nothing else; run there, nothing differs any more")
  func sql() async throws {
    try await Self.withDatabases { repository, from, to in
      let answer = try await Penstock.run("diff", from.url, to.url, "--sql", in: repository.clone)
      try await from.run(answer.output)
      let after = try await Penstock.run("diff", from.url, to.url, in: repository.clone)
      let again = try await Penstock.run("diff", from.url, to.url, "--sql", in: repository.clone)

      #expect(answer.exitCode == 1)
      #expect(answer.output.contains("ALTER TABLE public.orders ADD COLUMN status text;\n"), "\(answer.output)")
      #expect(answer.error.contains("does away with:\n  - table public.old with its rows"), "\(answer.error)")
      #expect(answer.error.contains("not tried"))
      #expect(after.exitCode == 0, "\(after.output)")
      #expect(again.exitCode == 0 && again.output == "", "\(again.output)")
    }
  }

  @Test("writes it as a migration")
  func migration() async throws {
    try await Self.withDatabases { repository, from, to in
      try repository.write("", to: repository.clone.appending("supabase/.keep"))

      let answer = try await Penstock.run(
        "diff", "--profile", "postgres", from.url, to.url, "-f", "add status", in: repository.clone)

      let path = answer.output.trimmingCharacters(in: .newlines)
      #expect(path.hasSuffix("_add_status.sql"), "\(answer.output) \(answer.error)")
      let text = try String(contentsOfFile: repository.clone.appending(path).string, encoding: .utf8)
      #expect(text.contains("ALTER TABLE public.orders ADD COLUMN status text;\n"))
    }
  }

  private struct Database: Sendable {
    let target: ConnectionString

    /// With no password: the server asks for none.
    var url: String { target.description }

    func run(_ script: String) async throws {
      _ = try await Connection.with(target, as: "tests") { try await $0.script(script) }
    }
  }

  private static func withDatabases(
    _ body: (ScratchRepository, Database, Database) async throws -> Void
  ) async throws {
    try await ScratchRepository.with { repository in
      try await withScratchDatabase { first in
        try await withScratchDatabase { second in
          let (from, to) = (Database(target: first), Database(target: second))
          try await from.run("create table orders (id int primary key); create table old (id int);")
          try await to.run("create table orders (id int primary key, status text);")
          try await body(repository, from, to)
        }
      }
    }
  }
}
