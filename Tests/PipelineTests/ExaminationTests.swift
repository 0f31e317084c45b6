import Lint
import Migrations
import Postgres
import Schema
import Shadow
import Testing

@testable import Pipeline

@Suite("What only a server can say of functions and policies")
struct ExaminationTests {
  private static let tables = """
    create table public.notes (id int primary key, owner uuid not null, body text);
    create function public.count_notes(author uuid) returns bigint language plpgsql stable as $$
    begin
      return (select count(*) from public.notes where owner = author);
    end $$;
    create function public.broken() returns int language plpgsql as $$
    begin
      return (select nothing from public.notes);
    end $$;

    """

  /// - Parameter isShared: Whether the migration is committed.
  private func examine(
    _ sql: String, after history: String = Self.tables, isShared: Bool = false
  ) async throws -> Examination {
    let server = try await ProofFixture.server()
    var shadow = try await server.reset(platform: Platform(.postgres), migrations: ProofFixture.migrations(history))
    let migration = Migration(version: "2", name: "step", path: "m/2_step.sql", bytes: Array(sql.utf8))
    let application = try Application(migration)
    let before = try await Connection.with(shadow.superuser, as: "tests") {
      try await Snapshot.read(from: $0, scope: .postgres)
    }
    let examiner = try await Examiner(of: [application], on: shadow, before: before)
    let examination = try await shadow.apply([application], limits: TimeLimits(), isShared: isShared) { connection in
      let after = try await Snapshot.read(from: connection, scope: .postgres)
      let examination = try await examiner.examine(after, on: connection)
      let extensions = try await connection.query("select from pg_extension where extname = 'plpgsql_check'")
      #expect(extensions.isEmpty)
      #expect(Difference(from: after, to: try await Snapshot.read(from: connection, scope: .postgres)).isEmpty)
      return examination
    }
    try await server.release(shadow)
    return examination
  }

  private func requireExtension() async throws {
    let server = try await ProofFixture.server()
    let shadow = try await server.reset(platform: Platform(.postgres), migrations: [])
    defer { _ = shadow }
    let isStandIn = shadow.adaptation.standIns.contains("plpgsql_check")
    try await server.release(shadow)
    if isStandIn { try Test.cancel("plpgsql_check is not installed") }
  }

  @Test("what is wrong in a new function is found, with the line and the word", arguments: [false, true])
  func function(isShared: Bool) async throws {
    try await requireExtension()

    let examination = try await examine(
      """
      create function public.f(a int) returns int language plpgsql as $$
      declare b int;
      begin
        select nope into b from public.notes;
        execute 'drop table ' || a;
        return b;
      end $$;
      """, isShared: isShared)

    let problems = try #require(examination.bodies).problems
    let error = try #require(problems.first { $0.level == .error })
    #expect(error.function == QualifiedName(schema: "public", name: "f") && error.arguments == "integer")
    #expect(error.message == #"column "nope" does not exist"# && error.line == 4 && error.word == "nope")
    #expect(problems.contains { $0.level == .security && $0.line == 5 } == false, "an integer is no danger")
  }

  @Test("a trigger's function is looked at for each table that has it, one that is there before as well")
  func trigger() async throws {
    try await requireExtension()

    let examination = try await examine(
      """
      create function public.touch() returns trigger language plpgsql as $$
      begin
        new.updated_at := now();
        return new;
      end $$;
      create table public.good (updated_at timestamptz);
      create trigger t before update on public.good for each row execute function public.touch();
      create trigger t before update on public.notes for each row execute function public.touch();
      """)

    let errors = try #require(examination.bodies).problems.filter { $0.level == .error }
    #expect(errors.map(\.trigger) == [.init(name: "t", table: QualifiedName(schema: "public", name: "notes"))])
  }

  @Test("what a migration breaks in a function of an older one is found, and what was broken before is not")
  func dependents() async throws {
    try await requireExtension()

    let examination = try await examine("select 1;\nalter table public.notes rename column owner to author_id;")

    let problems = try #require(examination.bodies).problems
    #expect(problems.map(\.function.name) == ["count_notes"])
    #expect(problems.first?.cause == .init(path: "m/2_step.sql", statement: 1))
  }

  @Test("a table that the body itself makes is not missed")
  func temporary() async throws {
    try await requireExtension()

    let examination = try await examine(
      """
      create function public.f() returns bigint language plpgsql as $$
      begin
        create temp table mine (a int) on commit drop;
        return (select count(*) from mine);
      end $$;
      """)

    #expect(try #require(examination.bodies).problems.filter { $0.level == .error } == [])
  }

  @Test("a condition that lets every row pass is known by its plan")
  func conditions() async throws {
    let examination = try await examine(
      """
      create policy a on public.notes for delete using (1 = 1);
      create policy b on public.notes for delete using (id is not null);
      create policy c on public.notes for delete using (owner is not null or body = '');
      create policy d on public.notes for delete using (body is not null);
      create policy e on public.notes for insert with check (true or body = '');
      create policy f on public.notes for delete using (current_user = 'x');
      create policy g on public.notes for select using (true);
      """)

    #expect(examination.openConditions.map(\.policy).sorted() == ["a", "b", "e"])
    #expect(examination.bodies?.problems.isEmpty != false)
  }

  @Test("where nothing can have changed, the server is not asked")
  func unasked() async throws {
    let examination = try await examine("alter table public.notes add column title text;")

    #expect(examination.bodies == nil && examination.openConditions.isEmpty)
  }
}
