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
      #expect(answer.error.contains("Proved: a copy became the other schema"), "\(answer.error)")
      #expect(answer.output.hasPrefix("BEGIN;\n") && answer.output.hasSuffix("COMMIT;\n"), "\(answer.output)")
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
      #expect(text.contains("-- Does away with table public.old with its rows.\n-- Proved: a copy"), "\(text)")
      #expect(!text.contains("BEGIN"))
    }
  }

  @Test("says so when a plan is not proved, and why: to people, in the file, and to programs")
  func unproved() async throws {
    try await Self.withDatabases { repository, from, to in
      // No plan can bring a password, of which facts have a digest.
      try await from.run("create foreign data wrapper w; create server far foreign data wrapper w;")
      try await to.run(
        """
        create foreign data wrapper w; create server far foreign data wrapper w;
        create user mapping for public server far options (password 'hush');
        """)

      let text = try await Penstock.run("diff", from.url, to.url, "--sql", in: repository.clone)
      let json = try await Penstock.run("diff", from.url, to.url, "--sql", "--format", "json", in: repository.clone)
      let file = try await Penstock.run("diff", from.url, to.url, "-f", "map", in: repository.clone)

      #expect(text.exitCode == 1 && text.output.contains("CREATE USER MAPPING"), "\(text.output) \(text.error)")
      #expect(text.error.contains("Not proved: the copy is not what it should be"), "\(text.error)")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
      #expect(answer.proof.proved == false && answer.proof.reasons.count == 2, "\(json.output)")
      let path = repository.clone.appending(file.output.trimmingCharacters(in: .newlines)).string
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\n-- Not proved: the copy is not"))
      #expect(![text.output, text.error, json.output, file.error].contains { $0.contains("hush") })
    }
  }

  private struct Answer: Decodable {
    struct Proof: Decodable {
      let proved: Bool
      let reasons: [String]
    }

    let proof: Proof
  }

  @Test("a plan between two revisions is tried on a copy with rows, and what may be a rename is said")
  func revisions() async throws {
    try await Self.withCheckout { repository in
      let path = "supabase/migrations/1_orders.sql"
      try await repository.commit("one", files: [path: "create table orders (id int primary key, sum int);"])
      try await repository.commit("two", files: [path: "create table orders (id int primary key, total int not null);"])

      let answer = try await Penstock.run("diff", "HEAD~1", "HEAD", "--sql", in: repository.clone)

      #expect(answer.exitCode == 1, "\(answer.error)")
      #expect(answer.error.contains("Hazard: it fails on a table with rows: column \"total\""), "\(answer.error)")
      #expect(answer.error.contains("Locks ACCESS EXCLUSIVE: public.orders"), "\(answer.error)")

      try await repository.commit("three", files: [path: "create table orders (id int primary key, total int);"])
      let rename = try await Penstock.run("diff", "HEAD~2", "HEAD", "--sql", in: repository.clone)

      #expect(rename.error.contains("ALTER TABLE public.orders RENAME COLUMN sum TO total;"), "\(rename.error)")
      #expect(rename.output.contains("DROP COLUMN sum") && rename.error.contains("Proved: "), "\(rename.error)")
    }
  }

  @Test("what migrations give to a role of the database's own is tried with that role, and proved")
  func roles() async throws {
    try await Self.withCheckout { repository in
      try await withScratchDatabase { target in
        let database = Database(target: target)
        let role = "reporting_\(UInt32.random(in: 0...UInt32.max))"
        try await database.run("create role \(role); create table orders (id int primary key);")
        try await repository.commit(
          "one",
          files: [
            "supabase/migrations/1_orders.sql":
              "create table orders (id int primary key, n int); grant select on orders to \(role);"
          ])
        let command = ["diff", "--profile", "postgres", database.url, "HEAD"]

        let answer = try await Penstock.run(command + ["--sql"], in: repository.clone)
        let access = try await Penstock.run(command + ["--access", "--as", role], in: repository.clone)

        try await database.run("drop role \(role)")
        #expect(answer.exitCode == 1)
        #expect(answer.output.contains("GRANT SELECT ON TABLE public.orders TO \(role);"), "\(answer.output)")
        #expect(answer.error.contains("Proved: a copy became the other schema"), "\(answer.error)")
        #expect(access.exitCode == 1 && access.output.contains(role), "\(access.output) \(access.error)")
      }
    }
  }

  private static func withCheckout(_ body: (ScratchRepository) async throws -> Void) async throws {
    try await ScratchRepository.with { repository in
      // PostgreSQL's user must reach the shadow.
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
      do {
        try await body(repository)
      } catch {
        _ = try await Penstock.run("reset", "--stop", in: repository.clone)
        throw error
      }
      _ = try await Penstock.run("reset", "--stop", in: repository.clone)
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
    try await withCheckout { repository in
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
