import Migrations
import SQL
import Testing

@Suite("The plan of a migration")
struct ExecutionPlanTests {
  private func plan(_ text: String) throws -> ExecutionPlan {
    try ExecutionPlan(Script(Array(text.utf8)))
  }

  @Test("of an ordinary file is one transaction")
  func ordinary() throws {
    let plan = try plan("create table a ();\ncreate table b ();\n")

    #expect(plan.isTransactional)
    #expect(plan.steps == [.transaction([0, 1])])
  }

  @Test("of a file without statements has no steps")
  func empty() throws {
    let plan = try plan("-- nothing yet\n")

    #expect(plan.isTransactional)
    #expect(plan.steps.isEmpty)
  }

  @Test(
    "of a file that wraps itself in BEGIN and COMMIT is one transaction",
    arguments: [
      ("begin; select 1; select 2; commit;", [1, 2]),
      ("set search_path = ''; begin; select 1; commit;", [0, 2]),
      ("start transaction; select 1; end;", [1]),
      ("begin; select 1; savepoint a; select 2; rollback to a; commit;", [1, 2, 3, 4]),
      ("begin; select 1;", [1]),
      ("select 1; commit;", [0]),
    ])
  func wrapped(text: String, statements: [Int]) throws {
    let plan = try plan(text)

    #expect(plan.isTransactional)
    #expect(plan.steps == [.transaction(statements)])
  }

  @Test("of a file that commits in the middle has a transaction for each stretch")
  func commits() throws {
    let plan = try plan("select 1; commit; begin; select 2; commit; select 3;")

    #expect(plan.reason == .transactionControl(1))
    #expect(plan.steps == [.transaction([0]), .transaction([3]), .transaction([5])])
  }

  @Test("rolls back what the file rolls back")
  func rollsBack() throws {
    let plan = try plan("begin; create table a (); rollback;")

    #expect(plan.reason == .transactionControl(2))
    #expect(plan.steps == [.transaction([1], commits: false)])
  }

  @Test(
    "of a file with a statement that no transaction can hold is statement by statement",
    arguments: [
      "create index concurrently i on t (a)", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
      "drop index concurrently i", "reindex index concurrently i", "reindex (verbose) table concurrently t", "vacuum t",
      "alter system set work_mem = '8MB'", "create database d", "alter table p detach partition c concurrently",
    ])
  func cannotRunInTransaction(statement: String) throws {
    let plan = try plan("select 1;\n\(statement);\nselect 2;")

    #expect(plan.reason == .statement(1))
    #expect(plan.steps == [.alone(0), .alone(1), .alone(2)])
  }

  @Test("keeps a transaction of the file's own beside statements that stand alone")
  func mixed() throws {
    let plan = try plan("select 1; begin; select 2; select 3; commit; vacuum;")

    #expect(plan.reason == .statement(5))
    #expect(plan.steps == [.alone(0), .transaction([2, 3]), .alone(5)])
  }

  @Test(
    "heeds the directives of other tools on the first line",
    arguments: [
      "-- pg-delta: transaction=false", "-- supabase:disable-transaction", "--supabase:disable-transaction  ",
      "-- postgres-migrations disable-transaction",
    ])
  func directives(line: String) throws {
    #expect(try plan("\(line)\nselect 1;").reason == .directive)
    #expect(try plan("\n\(line)\nselect 1;").isTransactional)
  }

  @Test("is not misled by words in strings, comments and bodies")
  func words() throws {
    let plan = try plan(
      """
      -- create index concurrently; commit;
      select 'vacuum; commit;';
      do $$ begin perform 1; end $$;
      create function f() returns int language sql begin atomic; select 1; end;
      """)

    #expect(plan.isTransactional)
    #expect(plan.steps == [.transaction([0, 1, 2])])
  }

  @Test("refuses PREPARE TRANSACTION, and says which statement it is")
  func prepareTransaction() {
    let error = #expect(throws: ExecutionPlanError.self) {
      try plan("begin; select 1; prepare transaction 'x';")
    }

    #expect(error?.statementIndex == 2)
  }

  @Test("after the server's refusal of a new enum value is statement by statement")
  func newEnumValue() throws {
    let script = try Script(Array("alter type t add value 'x'; select 'x'::t;".utf8))

    let plan = try ExecutionPlan.afterNewEnumValue(script)

    #expect(plan.reason == .newEnumValue)
    #expect(plan.steps == [.alone(0), .alone(1)])
  }
}
