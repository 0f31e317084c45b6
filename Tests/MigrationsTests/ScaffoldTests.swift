import FoundationEssentials
import Migrations
import Postgres
import SQL
import TestSupport
import Testing

@Suite("A new migration")
struct ScaffoldTests {
  @Test(
    "is named by its description",
    arguments: [
      ("create customer invoices table", "create_customer_invoices_table"),
      ("  Add `status` to Invoices!", "add_status_to_invoices"), ("2nd try -- of it", "2nd_try_of_it"),
    ])
  func name(description: String, name: String) {
    #expect(Scaffold.name(from: description) == name)
  }

  @Test("needs a description that names something")
  func noName() {
    #expect(throws: ScaffoldError.self) { try Scaffold("¿?") }
  }

  @Test("has a version in UTC that is not taken")
  func version() throws {
    let scaffold = try Scaffold("a thing", template: .empty)
    let date = Date(timeIntervalSince1970: 1_762_603_199)

    #expect(scaffold.fileName(at: date, taken: []) == "20251108115959_a_thing.sql")
    #expect(
      scaffold.fileName(at: date, taken: ["20251108115959", "20251108120000"]) == "20251108120001_a_thing.sql")
  }

  @Test(
    "says what the description leaves open",
    arguments: [
      ("add something", Scaffold.Template.column), ("allow everything", .policy), ("change it", .typeChange),
      ("link things", .junction), ("undo it", .rollback),
    ])
  func missing(description: String, template: Scaffold.Template) {
    #expect(throws: ScaffoldError.self) { try Scaffold(description, template: template) }
  }

  static let examples: [(Scaffold.Template, String, Scaffold.Dialect)] =
    Scaffold.Dialect.allCases.flatMap { dialect in
      [
        (.table, "create customer invoices table", dialect), (.table, "create order table", dialect),
        (.table, "create \(String(repeating: "very ", count: 14))long table", dialect),
        (.column, "add status to invoices", dialect), (.junction, "link invoices to tags", dialect),
        (.policy, "let owners read invoices on invoices", dialect), (.enum, "create invoice status enum", dialect),
        (.typeChange, "change number of invoices", dialect), (.rollback, "undo 20251108120000", dialect),
        (.empty, "do something else", dialect),
      ]
    }

  @Test("is SQL that applies, and applies again", arguments: examples)
  func applies(template: Scaffold.Template, description: String, dialect: Scaffold.Dialect) async throws {
    var options = Scaffold.Options()
    if template == .typeChange {
      options.column = "number"
      options.type = "bigint"
    }
    let scaffold = try Scaffold(description, template: template, dialect: dialect, options: options)
    let sql = try scaffold.sql()
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await connection.script(
          """
          create table invoices (id uuid primary key, user_id uuid, number int);
          create table tags (id uuid primary key);
          insert into invoices (id, number) values (gen_random_uuid(), 7);
          """)
        if dialect == .supabase { try await connection.script(Self.platform) }
        try await History.ensure(on: connection)

        for version in 1...2 {
          _ = try await Application(.of("\(version)_\(scaffold.name)", sql)).apply(on: connection)
        }

        #expect(try await connection.history() == ["1", "2"])
      }
    }
  }

  @Test("of a table takes the six steps")
  func table() async throws {
    let sql = try Scaffold("create customer invoices table").sql()
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await connection.script(Self.platform)
        try await History.ensure(on: connection)
        _ = try await Application(.of("1_a", sql)).apply(on: connection)

        let facts = try await connection.query(
          """
          select 'primary key ' || pg_get_constraintdef(oid) from pg_constraint
          where conrelid = 'customer_invoices'::regclass and contype = 'p'
          union all select 'index ' || relname from pg_index join pg_class on indexrelid = pg_class.oid
          where indrelid = 'customer_invoices'::regclass and not indisprimary
          union all select 'foreign key ' || pg_get_constraintdef(oid) from pg_constraint
          where conrelid = 'customer_invoices'::regclass and contype = 'f'
          union all select 'row security ' || relrowsecurity from pg_class where oid = 'customer_invoices'::regclass
          union all (select 'policy ' || policyname || ' ' || roles::text || ' ' || qual || ' ' || with_check
          from pg_policies where tablename = 'customer_invoices' order by policyname)
          union all select 'trigger ' || tgname from pg_trigger
          where tgrelid = 'customer_invoices'::regclass and not tgisinternal
          union all select 'comment ' || obj_description('customer_invoices'::regclass)
          """)
        #expect(
          try facts.map { try $0.decode(String.self) } == [
            "primary key PRIMARY KEY (id)", "index customer_invoices_user_id_idx",
            "foreign key FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE", "row security true",
            "policy customer_invoices_owner {authenticated} (( SELECT auth.uid() AS uid) = user_id) "
              + "(( SELECT auth.uid() AS uid) = user_id)",
            "policy service_role_all {service_role} true true", "trigger customer_invoices_set_updated_at",
            "comment Customer invoices.",
          ])
        #expect(
          try await connection.value(
            "select count(*) from information_schema.columns where table_name = 'customer_invoices' "
              + "and column_name in ('created_at', 'updated_at') and is_nullable = 'NO'", as: Int.self) == 2)
      }
    }
  }

  /// As much of Supabase as the templates need. Roles belong to the server, which other tests use at the same time.
  private static let platform =
    """
    do $$ begin create role authenticated; exception when duplicate_object or unique_violation then null; end $$;
    do $$ begin create role service_role; exception when duplicate_object or unique_violation then null; end $$;
    create schema auth;
    create table auth.users (id uuid primary key);
    create function auth.uid() returns uuid language sql stable as 'select null::uuid';
    """
}
