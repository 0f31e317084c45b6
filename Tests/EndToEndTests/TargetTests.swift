import Daemon
import Pipeline
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("A target's own surroundings")
struct TargetTests {
  @Test("an ordinary role, roles made by hand and default privileges come out on the shadow as on the target")
  func surroundings() async throws {
    try await Shop.with(target: prepared) { shop in
      let owner = try #require(shop.target.user)
      let grant = "grant insert on public.one to \(owner)_reader;\n"
      let revoke = "alter default privileges revoke select on tables from \(owner)_reader;\n"

      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one") + grant])
      try await shop.push("two", ["migrations/20250102000000_two.sql": revoke + Shop.table("two")])
      // The shadow of this one begins with what there was before the first, and not with what the second left.
      try await shop.push("three", ["migrations/20250103000000_three.sql": Shop.table("three")])

      let runs = try await shop.runs()
      #expect(runs.map(\.result) == [.promoted, .promoted, .promoted])
      let readable = try await Connection.with(shop.target, as: "test") { connection in
        try await connection.query(
          "select t, has_table_privilege($1, 'public.' || t, 'select') from unnest(array['one', 'two', 'three']) t",
          ["\(owner)_reader"]
        ).map { try $0.decode(String.self, Bool.self) }
      }
      #expect(readable.filter(\.1).map(\.0) == ["one"])
    }
  }

  @Test("a role that the target has cannot be created again, and the shadow says so before the target must")
  func existingRole() async throws {
    try await Shop.with(target: prepared) { shop in
      let owner = try #require(shop.target.user)
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      let (_, outcome) = try await shop.push(
        "two", ["migrations/20250102000000_two.sql": "create role \(owner)_reader;\n"])

      #expect(outcome.standardError.contains("SQLSTATE 42710"), "\(outcome.standardError)")
      #expect(outcome.standardError.contains("apply      failed"), "\(outcome.standardError)")
      #expect(try await shop.versions() == ["20250101000000"])
    }
  }

  @Test("an extension that the target lacks, or that only a superuser may create there, is told before it is promoted")
  func extensions() async throws {
    try await Shop.with(target: prepared) { shop in
      let (_, outcome) = try await shop.push(
        "one", ["migrations/20250101000000_one.sql": "create extension pg_net;\ncreate extension dblink;\n"])

      let text = outcome.standardError
      #expect(text.contains("the target has no extension pg_net"), "\(text)")
      #expect(text.contains("on the target only a superuser may create the extension dblink"), "\(text)")
      #expect(try await shop.versions() == [])
    }
  }

  @Test("a push is tried on a shadow of its target's version, also when a newer one is installed")
  func otherVersion() async throws {
    guard let other = try await TestServer.otherVersion else { try Test.cancel("only one PostgreSQL is installed") }
    let server = try await EmbeddedServer.start(
      .init(directory: TestServer.scratchFolder(), binaries: other, superuser: TestServer.superuser))
    let target = server.connectionString(database: "postgres", user: TestServer.superuser)
    try await Shop.with(target: { _ in target }) { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let view =
        "create view public.titles with (security_barrier) as select id, title from public.one where id is not null;\n"
      try await shop.push("two", ["migrations/20250102000000_two.sql": view])

      let run = try #require(try await shop.runs().last)
      let evidence = try await shop.record(of: run.id).evidence
      #expect(try await shop.runs().map(\.result) == [.promoted, .promoted])
      #expect(evidence.shadowServer.map { $0 / 10_000 } == other.major)
      #expect(evidence.targetServer == evidence.shadowServer)
    }
    try await server.stop()
  }

  @Test("a run says what to install when the target's version is not installed")
  func missingVersion() async throws {
    guard let other = try await TestServer.otherVersion else { try Test.cancel("only one PostgreSQL is installed") }
    try await Shop.with(variables: [ServerBinaries.variable: other.bin.string]) { shop in
      let (_, outcome) = try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])

      let major = try await ServerBinaries.best().major
      #expect(
        outcome.standardError.contains(
          "the target is PostgreSQL \(major), the shadow \(other.major): install postgresql-\(major)"),
        "\(outcome.standardError)")
      #expect(try await shop.runs().map(\.result) == [.promoted])
    }
  }

  /// A database that belongs to a role of its own, with a second role that may read what the first makes.
  @Sendable private func prepared(_ database: ConnectionString) async throws -> ConnectionString {
    let name = try #require(database.database)
    _ = try await Connection.with(database, as: "test") { connection in
      try await connection.script(
        """
        create role \(name)_owner login createrole;
        create role \(name)_owner_reader;
        alter database \(name) owner to \(name)_owner;
        grant usage on schema public to \(name)_owner_reader with grant option;
        alter default privileges for role \(name)_owner grant select on tables to \(name)_owner_reader;
        """)
    }
    return database.with(user: "\(name)_owner")
  }
}
