import Basics
import Postgres
import Schema
import TestSupport
import Testing

@testable import Lint

@Suite("Rules that ask a server's catalog")
struct CatalogEvidenceTests {
  /// Applies the migrations one after the other, and lints the pending ones with the catalogs before and after them.
  private func measured(applied: String = "", pending: String) async throws -> LintReport {
    try await withScratchDatabase { target in
      let connection = try await Connection.open(target, applicationName: "penstock tests")
      try await connection.script(applied)
      let before = Catalog(try await Snapshot.read(from: connection, scope: .supabase))
      try await connection.script(pending)
      let after = Catalog(try await Snapshot.read(from: connection, scope: .supabase))
      await connection.close()
      let files = [
        LintFile(path: "20250101000000_applied.sql", bytes: Array(applied.utf8), isPending: false),
        LintFile(path: "20250102000000_pending.sql", bytes: Array(pending.utf8), isPending: true),
      ]
      return await Linter(LintConfiguration()).lint(
        LintInput(files: files, catalog: after, catalogBefore: before, acceptedByServer: true))
    }
  }

  @Test("a finding of theirs is measured, and stands at the statement that made the table")
  func measuredFinding() async throws {
    let report = try await measured(pending: "select 1;\ncreate table a (id int);")

    let finding = try #require(report.of("require-primary-key").first)
    #expect(finding.certainty == .measured)
    #expect(finding.evidence == .catalog)
    #expect(finding.start.line == 2)
    #expect(finding.object == "public.a")
  }

  @Test("the server's catalog and the files' declarations lead to the same findings")
  func agreement() async throws {
    let sql = """
      create table a (id int primary key, created_at timestamptz not null default now());
      create table b (a int references a (id), c int unique references a (id) on delete cascade);
      create index on b (a) where a > 0;
      create table c (a int references a (id));
      create index on c (a);
      alter table c enable row level security;
      create policy p on c using (current_user = 'service_role');
      comment on table c is 'c';
      create table d (like a including all);
      """
    let rules: [RuleName] = [
      "fk-missing-index", "require-primary-key", "require-service-role-policy", "require-table-comment", "rls-disabled",
    ]

    let measured = try await measured(pending: sql)
    let predicted = await lint(sql, path: "20250102000000_pending.sql")

    for rule in rules {
      #expect(measured.of(rule).map(\.object) == predicted.of(rule).map(\.object), "\(rule)")
      #expect(measured.of(rule).map(\.start) == predicted.of(rule).map(\.start), "\(rule)")
      #expect(measured.of(rule).map(\.message) == predicted.of(rule).map(\.message), "\(rule)")
    }
  }

  @Test("what a DO block makes is seen, and its finding stands at the block")
  func hidden() async throws {
    let report = try await measured(
      pending: "select 1;\ndo $$ begin execute 'create table a (id int)'; end $$;")

    #expect(report.of("rls-disabled").map(\.start.line) == [2])
    #expect(report.of("require-primary-key").map(\.object) == ["public.a"])
  }

  @Test("tables that were there before and are not touched are left alone")
  func untouched() async throws {
    let report = try await measured(applied: "create table a (id int);", pending: "create schema s;")

    #expect(report.of("require-primary-key").isEmpty)
  }

  @Test("dropping what is proved not to be there is no loss")
  func absent() async throws {
    let report = try await measured(
      applied: "create table a (b int);",
      pending: """
        drop table if exists x;
        alter table a drop column if exists y;
        alter table a drop column b;
        drop table a;
        """)

    #expect(report.of("drop-table").map(\.object) == ["public.a"])
    #expect(report.of("drop-column").map(\.object) == ["public.a.b"])
  }

  @Test("a table that the server has is not made new by IF NOT EXISTS")
  func guardedCreation() async throws {
    let report = try await measured(
      applied: "create table a (b int);",
      pending: "create table if not exists a (b int);\nalter table a alter b set not null;")

    #expect(report.of("set-not-null-scan").map(\.start.line) == [2])
  }

  @Test("rights, options and settings are read from the server")
  func securityOfObjects() async throws {
    let report = try await measured(
      pending: """
        create view v as select 1 as a;
        grant select on v to public;
        create view w as select 1 as a;
        create function f(a int) returns int language plpgsql security definer as 'begin return 1; end';
        revoke execute on function f(int) from public;
        create function g() returns int language plpgsql security definer set search_path = '' as 'begin return 1; end';
        """)

    #expect(report.of("security-definer-view").map(\.object) == ["public.v"])
    #expect(report.of("security-definer-executable").map(\.object) == ["public.g"])
    #expect(report.of("function-search-path-mutable").map(\.object) == ["public.f"])
    #expect(report.of("function-search-path-mutable").allSatisfy { $0.certainty == .measured })
  }
}
