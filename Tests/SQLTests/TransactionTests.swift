import SQL
import Testing

@Suite("statements and transactions")
struct TransactionTests {
  private func statement(_ sql: String) throws -> Statement {
    try #require(try Script(Array(sql.utf8)).statements.first)
  }

  @Test(
    "the statements that PostgreSQL refuses within a transaction are known",
    arguments: [
      "create index concurrently i on t (a)", "create unique index concurrently i on t (a)",
      "drop index concurrently if exists i", "reindex index concurrently i", "reindex (concurrently) table t",
      "reindex database x", "reindex schema s", "reindex system x", "vacuum", "vacuum full t", "vacuum (analyze) t",
      "cluster", "alter system set a = 1", "create database d", "drop database if exists d",
      "create tablespace s location '/x'", "drop tablespace s", "alter database d set tablespace s",
      "alter table t detach partition p concurrently", "create subscription s connection '' publication p",
      "alter subscription s refresh publication", "alter subscription s set publication p", "drop subscription s",
      "commit prepared 'x'", "discard all",
    ])
  func outside(_ sql: String) throws {
    #expect(try statement(sql).cannotRunInTransaction)
  }

  @Test(
    "so are those in words that the parser does not know",
    arguments: [
      "create unique /* x */ index concurrently i on t using new (a) of tomorrow", "vacuum (tomorrow) a b",
      "drop index concurrently i of tomorrow", "alter table t detach partition p concurrently tomorrow",
      "reindex schema s of tomorrow", "alter system tomorrow", "create database d of tomorrow",
    ])
  func outsideUnparsed(_ sql: String) throws {
    let statement = try statement(sql)
    guard case .unparsed = statement.syntax else {
      Issue.record("the parser knows it")
      return
    }

    #expect(statement.cannotRunInTransaction)
  }

  @Test(
    "the others run within one",
    arguments: [
      "create index i on t (a)", "drop index i", "reindex table t", "analyze t", "cluster t using i",
      "refresh materialized view concurrently m", "alter type y add value 'a'", "alter table t detach partition p",
      "create subscription s connection '' publication p with (create_slot = false)",
      "alter subscription s disable", "alter subscription s set publication p with (refresh = false)",
      "select 'concurrently'", "create table concurrently_vacuum (a int)", "discard plans",
      "alter database d set a = 1",
      "comment on index concurrently is 'vacuum'",
    ])
  func inside(_ sql: String) throws {
    #expect(try !statement(sql).cannotRunInTransaction)
  }

  @Test(
    "transaction control is known by what it does",
    arguments: [
      ("begin", .begin), ("start transaction read only", .begin), ("commit and chain", .commit(chains: true)),
      ("end", .commit(chains: false)), ("rollback", .rollback(chains: false)), ("abort", .rollback(chains: false)),
      ("savepoint a", .savepoint("a")), ("release a", .releaseSavepoint("a")),
      ("rollback to savepoint a", .rollbackToSavepoint("a")), ("prepare transaction 'x'", .prepare),
      ("select 1", nil),
    ] as [(String, Syntax.TransactionControl?)])
  func control(_ sql: String, _ expected: Syntax.TransactionControl?) throws {
    #expect(try statement(sql).transactionControl == expected)
  }

  @Test("a file has transaction control when it begins or ends a transaction")
  func scriptControl() throws {
    #expect(try Script(Array("select 1; commit;".utf8)).hasTransactionControl)
    #expect(try !Script(Array("savepoint a; do $$ begin end $$;".utf8)).hasTransactionControl)
  }

  @Test(
    "a comment on the first line may ask for no transaction",
    arguments: [
      ("-- pg-delta:  transaction=false\nselect 1", Script.Directive.pgDelta),
      ("\u{FEFF}--supabase:disable-transaction\r\n", .supabase),
      ("-- postgres-migrations disable-transaction", .postgresMigrations),
      ("\n-- supabase:disable-transaction", nil), ("-- supabase:disable-transaction now", nil),
      ("/* supabase:disable-transaction */", nil), ("select 1", nil),
    ] as [(String, Script.Directive?)])
  func directive(_ sql: String, _ expected: Script.Directive?) throws {
    #expect(try Script(Array(sql.utf8)).directive == expected)
  }

  @Test("an enum's new value that a later statement seems to use is reported")
  func enumValues() throws {
    let used = try Script(
      Array("select 'b'; alter type y add value 'b'; alter type y add value 'c'; insert into t values ('b');".utf8))
    let inBody = try Script(Array("alter type y add value 'b'; do $$ begin insert into t values ('b'); end $$;".utf8))
    let unused = try Script(Array("alter type y add value 'b'; comment on type y is 'a, b';".utf8))

    #expect(used.enumValuesUsedLater == [1])
    #expect(inBody.enumValuesUsedLater == [0])
    #expect(unused.enumValuesUsedLater.isEmpty)
  }
}
