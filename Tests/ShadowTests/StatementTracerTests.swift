import Migrations
import SQL
import Shadow
import Testing

@Suite("What statements are seen to do")
struct StatementTracerTests {
  private static let tables = """
    create table customers (id int primary key, name varchar(20), email text);
    create index on customers (name);
    create table invoices (id int primary key, customer int references customers (id), total int);
    create view totals as select customer, sum(total) from invoices group by customer;
    insert into customers values (1, 'a', 'a@b');
    """

  /// What the statements of a migration did, on a shadow with the tables.
  private func traces(_ sql: String, after tables: String = Self.tables) async throws -> [StatementTrace] {
    let history = ShadowFixture.migrations(tables)
    return try await ShadowFixture.withShadow(.postgres, history) { shadow in
      var shadow = shadow
      let migration = ShadowFixture.migrations("", ShadowFixture.unique() + sql)[1]
      let application = try Application(migration)
      return try await StatementTracer.with(shadow, isFirst: true) { tracer in
        try await shadow.apply([application], limits: TimeLimits(), observer: tracer) { _ in }
        return tracer.traces[migration.path] ?? []
      }
    }
  }

  private func locks(_ trace: StatementTrace) -> [String] {
    trace.locks.filter { $0.relation.kind == .table }.map { "\($0.relation.name) \($0.mode.sql)" }
  }

  @Test(
    "the locks of statements on tables that were there, and none of those on new ones",
    arguments: [
      ("alter table customers add column a int", ["customers ACCESS EXCLUSIVE"]),
      ("create index on customers (email)", ["customers SHARE"]),
      (
        "alter table invoices add constraint f foreign key (total) references customers",
        ["customers SHARE ROW EXCLUSIVE", "invoices SHARE ROW EXCLUSIVE"]
      ),
      ("drop table invoices cascade", ["customers ACCESS EXCLUSIVE", "invoices ACCESS EXCLUSIVE"]),
      ("update customers set name = ''", ["customers ROW EXCLUSIVE"]),
      ("do $$ begin execute 'alter table customers add column a int'; end $$", ["customers ACCESS EXCLUSIVE"]),
      ("create table orders (id int primary key)", []),
      ("select * from customers", []),
    ] as [(String, [String])])
  func locks(_ sql: String, expected: [String]) async throws {
    let traces = try await traces(sql)

    #expect(traces.map(locks) == [expected])
  }

  @Test("a lock is told of once, when it is taken, and again when it becomes stronger")
  func newLocks() async throws {
    let traces = try await traces(
      """
      lock table customers in share mode;
      select 1;
      alter table customers add column a int;
      alter table customers add column b int;
      """)

    #expect(traces.map(locks) == [["customers SHARE"], [], ["customers ACCESS EXCLUSIVE"], []])
    #expect(traces.map(\.transaction) == [0, 0, 0, 0])
  }

  @Test(
    "a table that is written anew, read, or indexed is told from one that is not",
    arguments: [
      ("alter table customers add column a bigserial", "rewritten"),
      ("alter table customers alter column id type bigint", "rewritten"),
      ("drop table invoices cascade; alter table customers set unlogged", "rewritten"),
      ("alter table customers add column a int default 5", ""),
      ("alter table customers alter column name type varchar(40)", ""),
      ("alter table customers alter column name type text", ""),
      ("alter table customers alter column name type varchar(20) collate \"C\"", "indexed"),
      ("alter table customers add unique (email)", "indexed"),
      ("create index on customers (email)", "indexed"),
      ("alter table customers add check (id > 0)", "scanned"),
      ("alter table customers add check (id > 0) not valid", ""),
      ("alter table customers alter column email set not null", "scanned"),
      ("alter table customers add constraint c check (email is not null)", "scanned"),
      ("truncate customers cascade", ""),
      ("set client_min_messages = warning; alter table customers add check (id > 0)", "scanned"),
    ])
  func work(_ sql: String, expected: String) async throws {
    let trace = try #require(try await traces(sql).last)

    let done = [("rewritten", trace.rewritten), ("scanned", trace.scanned), ("indexed", trace.indexed)]
      .filter { $0.1.contains { $0.name == "customers" } }.map(\.0)
    #expect(done == (expected.isEmpty ? [] : [expected]), "\(trace)")
  }

  @Test("a proven constraint spares the scan")
  func provenNotNull() async throws {
    let traces = try await traces(
      "alter table customers add constraint n check (email is not null);\nalter table customers alter email set not null;"
    )

    #expect(traces.map { $0.scanned.map(\.name) } == [["customers"], []])
  }

  @Test("a domain's constraint reads each table that uses it")
  func domain() async throws {
    let traces = try await traces(
      "alter domain email add constraint at check (value like '%@%');",
      after: "create domain email as text; create table a (e email); create table b (e email);")

    #expect(traces.last?.scanned.map(\.name) == ["a", "b"])
  }

  @Test("what goes with something else is named, and so is what is gone")
  func cascade() async throws {
    let trace = try #require(try await traces("drop table customers cascade").last)
    let many = try #require(try await traces("drop table invoices, customers cascade").last)

    #expect(trace.cascades == ["constraint invoices_customer_fkey on table invoices"])
    #expect(trace.dropped.map(\.name) == ["customers"])
    #expect(many.cascades == ["view totals"])
    #expect(many.dropped.map(\.name).contains("totals"), "\(many.dropped)")
  }

  @Test("what code makes and alters is named, and what the file itself says is not")
  func hidden() async throws {
    let traces = try await traces(
      """
      create table orders (id int);
      do $$ begin execute 'create table log (id int)'; execute 'alter table customers enable row level security'; end $$;
      select count(*) from customers;
      """)

    #expect(traces[0].hidden == [])
    #expect(Set(traces[1].hidden) == ["table public.log", "table public.customers"])
    #expect(traces[2].hidden == [])
  }

  @Test("of several migrations that are committed, only what was there before all of them counts")
  func several() async throws {
    let history = ShadowFixture.migrations(Self.tables)
    let traces = try await ShadowFixture.withShadow(.postgres, history) { shadow in
      var shadow = shadow
      let migrations = ShadowFixture.migrations(
        "", ShadowFixture.unique() + "create table orders (id int);",
        "alter table orders add column a int; alter table customers add column a int;")
      let applications = try migrations[1...].map { try Application($0) }
      return try await StatementTracer.with(shadow, isFirst: false) { tracer in
        try await shadow.apply(applications, limits: TimeLimits(), observer: tracer) { _ in }
        return migrations[1...].map { tracer.traces[$0.path] ?? [] }
      }
    }

    #expect(traces.map { $0.map(locks) } == [[[]], [[], ["customers ACCESS EXCLUSIVE"]]])
  }

  @Test("a statement outside a transaction leaves its time only")
  func alone() async throws {
    let traces = try await traces("create index concurrently on customers (email);")

    #expect(traces.map(\.transaction) == [nil])
    #expect(traces.allSatisfy { !$0.hasEffect })
  }

  @Test("the shadow is what it was when a traced migration has been rolled back")
  func untouched() async throws {
    try await ShadowFixture.withShadow(.postgres, ShadowFixture.migrations(Self.tables)) { shadow in
      var shadow = shadow
      let application = try Application(
        ShadowFixture.migrations("", ShadowFixture.unique() + "alter table customers add column a int;")[1])
      try await StatementTracer.with(shadow, isFirst: true) { tracer in
        try await shadow.apply([application], limits: TimeLimits(), observer: tracer) { _ in }
      }

      #expect(shadow.isUntouched)
    }
  }
}
