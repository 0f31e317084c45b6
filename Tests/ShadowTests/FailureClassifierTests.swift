import Postgres
import SQL
import Testing

@testable import Shadow

@Suite("Why a statement failed")
struct FailureClassifierTests {
  @Test("the object that an error names", arguments: Self.errors)
  func objects(state: String, message: String, expected: NamedObject?) {
    #expect(NamedObject(namedBy: error(state, message)) == expected)
  }

  private static let errors: [(String, String, NamedObject?)] = [
    ("42P01", #"relation "public.orders" does not exist"#, NamedObject(.relation, "orders", schema: "public")),
    ("42P01", #"missing FROM-clause entry for table "o""#, NamedObject(.relation, "o")),
    ("42703", #"column "x" of relation "t" does not exist"#, NamedObject(.column, "x", owner: "t")),
    ("42703", "column o.x does not exist", NamedObject(.column, "x")),
    ("42703", #"record "new" has no field "y""#, NamedObject(.column, "y")),
    ("42883", "function public.f(uuid, text) does not exist", NamedObject(.routine, "f", schema: "public")),
    ("42883", #"could not find a function named "f""#, NamedObject(.routine, "f")),
    ("42883", "operator does not exist: vector <=> vector", nil),
    ("42704", #"type "mood[]" does not exist"#, NamedObject(.type, "mood")),
    ("42704", #"policy "own rows" for table "t" does not exist"#, NamedObject(.policy, "own rows", owner: "t")),
    (
      "42704", #"operator class "gin_trgm_ops" does not exist for access method "gin""#,
      NamedObject(.other, "gin_trgm_ops")
    ),
    ("42710", #"trigger "a" for relation "t" already exists"#, NamedObject(.trigger, "a", owner: "t")),
    ("42501", "permission denied for schema auth", NamedObject(.schema, "auth")),
    ("42501", "must be owner of table objects", NamedObject(.relation, "objects")),
    ("3F000", #"schema "s" does not exist"#, NamedObject(.schema, "s")),
    ("22P02", #"invalid input value for enum mood: "good""#, NamedObject(.label, "good", owner: "mood")),
    ("42601", #"syntax error at or near "x""#, nil),
  ]

  @Test(
    "what a newer PostgreSQL would have taken, and which",
    arguments: [
      ("merge into t using s on true when matched then delete returning t.*", "42601", near("returning"), 17),
      ("merge into t using s on true when not matched by source then delete", "42601", near("by"), 17),
      ("select * from json_table('[]', '$[*]' columns (a int path '$'))", "42601", near("columns"), 17),
      ("select json_value('{}'::jsonb, '$.a')", "42883", "function json_value(jsonb, unknown) does not exist", 17),
      ("select random(1, 6)", "42883", "function random(integer, integer) does not exist", 17),
      ("grant maintain on t to r", "42601", #"unrecognized privilege type "maintain""#, 17),
      (
        "alter role r set transaction_timeout = 0", "42704",
        #"unrecognized configuration parameter "transaction_timeout""#, 17
      ),
      ("select * from (select 1)", "42601", "subquery in FROM must have an alias", 16),
      ("select any_value(a) from t", "42883", "function any_value(integer) does not exist", 16),
      ("select 1_000", "42601", #"trailing junk after numeric literal at or near "1_""#, 16),
      ("grant a to b with inherit true", "42601", near("inherit"), 16),
      ("select '1' is json", "42601", near("json"), 16),
      ("do $$ begin perform to_regprocedure('f(nope)'); end $$", "42704", #"type "nope" does not exist"#, 16),
      ("select uuidv7()", "42883", "function uuidv7() does not exist", 18),
      ("create table t (a int, b int generated always as (a) virtual)", "42601", near("virtual"), 18),
      ("create table t (a int, b int generated always as (a))", "42601", near(")"), 18),
      ("update t set a = 1 returning old.a", "42P01", #"missing FROM-clause entry for table "old""#, 18),
      ("alter table t add constraint c not null a not valid", "42601", near("not"), 18),
      (
        "create function f() returns int language sql as 'select any_value(1)'", "42883",
        "function any_value(integer) does not exist", 16
      ),
    ])
  func newer(sql: String, state: String, message: String, major: Int) throws {
    let statement = try statement(sql)

    let feature = NewerFeature(missedBy: error(state, message), of: statement, serverMajor: 15) { _ in false }
    let there = NewerFeature(missedBy: error(state, message), of: statement, serverMajor: 18) { _ in false }

    #expect(feature?.major == major)
    #expect(there == nil)
  }

  private static func near(_ word: String) -> String { #"syntax error at or near "\#(word)""# }

  @Test("what is merely wrong is nothing newer, nor is a function that the files make themselves")
  func notNewer() throws {
    let wrong = NewerFeature(
      missedBy: error("42601", Self.near("tabel")), of: try statement("create tabel merge into t returning"),
      serverMajor: 15
    ) { _ in false }
    let own = NewerFeature(
      missedBy: error("42883", "function uuidv7() does not exist"), of: try statement("select uuidv7()"),
      serverMajor: 15
    ) { $0 == "uuidv7" }

    #expect(wrong == nil)
    #expect(own == nil)
  }

  /// Before: `1_failed.sql` lacks its statements, `2_applied.sql` has its own. After: `4_later.sql`.
  @Test(
    "the class of a failure among other files",
    arguments: [
      ("select * from lost", "42P01", #"relation "lost" does not exist"#, FailureClass.knockOn, "1_failed.sql"),
      (
        "update kept set gone = 1", "42703", #"column "gone" of relation "kept" does not exist"#, .knockOn,
        "1_failed.sql"
      ),
      ("select k.gone from kept k", "42703", "column k.gone does not exist", .knockOn, "1_failed.sql"),
      ("select e.gone from elsewhere e", "42703", "column e.gone does not exist", .broken, ""),
      ("create table stays (id int)", "42P07", #"relation "stays" already exists"#, .knockOn, "1_failed.sql"),
      ("create table kept (id int)", "42P07", #"relation "kept" already exists"#, .broken, ""),
      ("select dynamic()", "42883", "function dynamic() does not exist", .knockOn, "1_failed.sql"),
      ("select st_area(x)", "42883", "function st_area(text) does not exist", .knockOn, "1_failed.sql"),
      ("select * from coming", "42P01", #"relation "coming" does not exist"#, .order, ""),
      ("create table t (m mood)", "42704", #"type "mood" does not exist"#, .order, ""),
      ("select auth.foo()", "42883", "function auth.foo() does not exist", .platformGap, ""),
      ("grant select on kept to anon", "42704", #"role "anon" does not exist"#, .platformGap, ""),
      ("create extension nowhere", "0A000", #"extension "nowhere" is not available"#, .missingExtension, ""),
      ("select h3_cell()", "42883", "function h3_cell() does not exist", .missingExtension, ""),
      ("select gen_salt('bf')", "42883", "function gen_salt(unknown) does not exist", .broken, ""),
      ("select vector_dims('x')", "42883", "function vector_dims(unknown) does not exist", .missingExtension, ""),
      ("select x.id from kept", "42P01", #"missing FROM-clause entry for table "x""#, .broken, ""),
      ("select nothing()", "42883", "function nothing() does not exist", .broken, ""),
      ("selct 1", "42601", #"syntax error at or near "selct""#, .broken, ""),
      ("insert into kept select 1", "23503", "violates foreign key constraint", .needsData, ""),
      ("insert into kept values (null)", "23502", "null value", .broken, ""),
      ("insert into kept select null", "23502", "null value", .needsData, ""),
      ("do $$ begin raise 'no'; end $$", "P0001", "no", .broken, ""),
      ("do $$ begin if not exists (select from kept) then raise 'no'; end if; end $$", "P0001", "no", .needsData, ""),
      ("do $$ begin raise 'lost is missing'; end $$", "P0001", "lost is missing", .knockOn, "1_failed.sql"),
      ("alter table kept alter a set not null", "23502", "contains null values", .broken, ""),
      ("do $$ begin drop table {{ name }}.t; end $$", "42601", #"syntax error at or near "{""#, .template, ""),
      ("do $$ begin drop tabel t; raise '{{ x }}'; end $$", "42601", #"syntax error at or near "tabel""#, .broken, ""),
      (
        "do $$ begin perform '/* TEMPLATE: schema */t'::regclass; end $$", "42602", "invalid name syntax", .template, ""
      ),
      (
        "do $$ begin if public.rewritten() <> 5 then raise 'not 5'; end if; end $$", "P0001", "not 5", .knockOn,
        "1_failed.sql"
      ),
      (#"do $$ begin assert "rewritten" (1) = 5; end $$"#, "P0004", "assertion failed", .knockOn, "1_failed.sql"),
      (
        "do $$ begin if 'rewritten()' <> '' then raise 'not 5'; /* rewritten() */ end if; end $$", "P0001", "not 5",
        .broken, ""
      ),
      ("do $$ declare rewritten int; begin raise 'not 5'; end $$", "P0001", "not 5", .broken, ""),
      ("select '{{ name }}'::regclass", "42P01", #"relation "{{ name }}" does not exist"#, .template, ""),
    ])
  func classes(sql: String, state: String, message: String, expected: FailureClass, because: String) throws {
    var failed = try story(
      "1_failed.sql",
      """
      create table lost (id int); alter table kept add gone int; drop table stays; create extension postgis;
      do $$ begin execute 'create function dynamic() returns int ...'; end $$;
      create function rewritten() returns int return 1;
      """)
    failed.missing = Set(failed.effects.indices)
    failed.root = "1_failed.sql"
    let classifier = FailureClassifier(
      profile: .supabase, serverMajor: 15, available: ["vector"], standIns: ["vector"],
      preinstalled: ["pgcrypto"], functions: ["gen_salt": ["extensions"], "sum": ["pg_catalog"]],
      history: TrialHistory([
        failed, try story("2_applied.sql", "create table kept (id int);"), try story("3_now.sql", sql),
        try story("4_later.sql", "create table coming (id int); create type mood as enum ('ok');"),
      ]), index: 2)

    let finding = classifier.classify(error(state, message), of: try statement(sql), number: 0)

    #expect(finding.class == expected, "\(finding)")
    #expect(finding.because ?? "" == because, "\(finding)")
  }

  @Test("what a superuser may and a shadow does not do is no mistake of the file")
  func superusers() throws {
    let sql = "alter system set fsync = off"
    let classifier = FailureClassifier(
      profile: .postgres, serverMajor: 15, available: [], standIns: [], preinstalled: [], functions: [:],
      history: TrialHistory([try story("1_now.sql", sql)]), index: 0)

    let finding = classifier.classify(
      error("42501", "permission denied to set parameter"), of: try statement(sql), number: 0)

    #expect(finding.class == .platformGap)
  }

  private func error(_ state: String, _ message: String) -> PostgresError {
    PostgresError(.server, message, sqlState: SQLState(rawValue: state))
  }

  private func statement(_ sql: String) throws -> Statement {
    try #require(try Script(Array(sql.utf8)).statements.first)
  }

  private func story(_ path: String, _ sql: String) throws -> FileStory {
    // What holds a template is no script; its effects do not matter here.
    let statements = (try? Script(Array(sql.utf8)).statements) ?? []
    return FileStory(path: path, effects: statements.map(StatementEffects.init))
  }
}
