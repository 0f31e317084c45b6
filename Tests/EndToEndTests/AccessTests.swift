import Foundation
import Postgres
import Schema
import SystemPackage
import TestSupport
import Testing

@Suite("Access")
struct AccessTests {
  @Test("a table for a person has a cell for each role and command, and says below why and by which policies")
  func table() async throws {
    try await Self.withRoles { repository, url, reader, writer in
      try await Self.run(
        """
        create table notes (id int, owner text);
        alter table notes enable row level security;
        create policy own on notes for select to \(reader) using (owner = current_user);
        grant select on notes to \(reader);
        grant all on notes to \(writer);
        create table prices (id int);
        grant select on prices to \(reader);
        """, on: url)
      let roles = ["--as", reader, "--as", writer]

      let all = try await Penstock.run(["access", url] + roles, in: repository.clone)
      let one = try await Penstock.run(["access", url, "--table", "notes"] + roles, in: repository.clone)

      let lines = all.output.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(lines.contains(["notes", "on", "pol", "-", "-", "-", "-", "-", "-", "-"]), "\(all.output)\(all.error)")
      #expect(lines.contains(["prices", "off", "all", "-", "-", "-", "-", "-", "-", "-"]), "\(all.output)")
      #expect(!all.output.contains("\u{1B}"))
      #expect(one.output.contains("by policy own: (owner = CURRENT_USER)"), "\(one.output)")
      #expect(one.output.contains("nothing (row security, and no policy)"), "\(one.output)")
      #expect(!one.output.contains("prices"))
    }
  }

  @Test("two databases: who gains and who loses, in words and as JSON, and the exit code 1")
  func difference() async throws {
    try await Self.withRoles { repository, url, reader, writer in
      try await withScratchDatabase { other in
        let tables = "create table notes (id int); create table prices (id int);"
        try await Self.run("\(tables) grant select on prices to \(writer);", on: url)
        try await Self.run("\(tables) grant select on notes to \(reader);", on: other.description)
        let command = ["access", url, other.description, "--as", reader, "--as", writer]

        let text = try await Penstock.run(command, in: repository.clone)
        let json = try await Penstock.run(command + ["--format", "json"], in: repository.clone)
        let same = try await Penstock.run(["access", url, url, "--as", reader], in: repository.clone)

        #expect(text.exitCode == 1, "\(text.error)")
        #expect(text.output.contains("public.notes\n  + \(reader) SELECT: every row\n"), "\(text.output)")
        #expect(text.output.contains("public.prices\n  - \(writer) SELECT: nothing (no grant); before, every row\n"))
        let decoded = try JSONDecoder().decode(AccessDifference.self, from: Data(json.output.utf8))
        #expect(decoded.changes.map(\.effect) == [.gains, .loses])
        #expect(same.exitCode == 0 && same.output == "No difference in access.\n", "\(same.output)")
      }
    }
  }

  @Test("a role that is not there is no answer")
  func noRole() async throws {
    try await Self.withRoles { repository, url, _, _ in
      let answer = try await Penstock.run("access", url, "--as", "nobody_of_that_name", in: repository.clone)

      #expect(answer.exitCode == 2)
      #expect(answer.error.contains("there is no role nobody_of_that_name"), "\(answer.error)")
    }
  }

  @Test("a push by which a role reaches more is refused where the pipeline asks for it, and says what, in the note too")
  func conditions() async throws {
    let reader = Self.role()
    let watching = Shop.pipeline(diff: "{ access: { roles: [\(reader)], fail-on: [policy-widened, rls-off] } }")
    try await Shop.with(
      pipeline: watching,
      target: { target in
        try await Self.run("create role \(reader)", on: target.description)
        return target
      }
    ) { shop in
      let table =
        Shop.table("notes") + """
          alter table public.notes enable row level security;
          create policy own on public.notes for select to \(reader) using (title = current_user);
          grant select on public.notes to \(reader);

          """
      let (first, firstOutcome) = try await shop.push("notes", ["migrations/20250101000000_notes.sql": table])
      // What the files alone say would end the runs before the shadow is asked.
      let ignore = "-- penstock: ignore rls-weakened, policy-exists-rls-disabled meant\n"
      let widened = ignore + "alter policy own on public.notes using (true);\n"
      let (second, secondOutcome) = try await shop.push("wider", ["migrations/20250102000000_wider.sql": widened])
      let off = ignore + "alter table public.notes disable row level security;\n"
      let (third, _) = try await shop.push(
        "off", ["migrations/20250102000000_wider.sql": nil, "migrations/20250103000000_off.sql": off])

      let note = try await shop.note(of: first)
      #expect(note.contains("access: + \(reader) SELECT by policy on notes"), "\(note)\(firstOutcome.standardError)")
      let reason =
        "policy-widened: \(reader) reaches more rows with SELECT on public.notes: by policy own: true; before, by policy own:"
      #expect(secondOutcome.standardError.contains(reason), "\(secondOutcome.standardError)")
      #expect(try await shop.note(of: second).contains(reason))
      #expect(try await shop.note(of: third).contains("rls-off: row security of public.notes is switched off"))
      #expect(try await shop.versions() == ["20250101000000"])
      try await Self.run("drop owned by \(reader); drop role \(reader)", on: shop.target.description)
    }
  }

  @Test("a role that is to be watched and is not there ends the run")
  func missingRole() async throws {
    try await Shop.with(pipeline: Shop.pipeline(diff: "{ access: { roles: [nobody_of_that_name] } }")) { shop in
      let (_, outcome) = try await shop.push("notes", ["migrations/20250101000000_notes.sql": Shop.table("notes")])

      #expect(outcome.standardError.contains("there is no role nobody_of_that_name"), "\(outcome.standardError)")
      #expect(try await shop.versions() == [])
    }
  }

  private static func role() -> String { "access_\(UUID().uuidString.prefix(8).lowercased())" }

  /// Roles are the whole server's, which other tests have databases on.
  private static func withRoles(
    _ body: (ScratchRepository, String, String, String) async throws -> Void
  ) async throws {
    try await ScratchRepository.with { repository in
      try await withScratchDatabase { target in
        let (reader, writer) = (role(), role())
        try await run("create role \(reader); create role \(writer)", on: target.description)
        try await body(repository, target.description, reader, writer)
        try await run(
          "drop owned by \(reader), \(writer); drop role \(reader); drop role \(writer)", on: target.description)
      }
    }
  }

  private static func run(_ script: String, on url: String) async throws {
    _ = try await Connection.with(try ConnectionString(url), as: "tests") { try await $0.script(script) }
  }
}
