import Testing

@testable import SQL

@Suite("the syntax of data")
struct DataSyntaxTests {
  @Test("what changes rows says in which table and how many")
  func changes() throws {
    guard
      case .insert(let values) = try syntax("insert into s.t (a, b) values (1, 2), (3, 4) on conflict do nothing"),
      case .insert(let query) = try syntax("insert into t select * from u on conflict (a) do update set a = 1"),
      case .insert(let defaults) = try syntax("insert into t default values"),
      case .update(let update) = try syntax("update t set a = 1, b = 2"),
      case .delete(let delete) = try syntax("delete from s.t where a = 1"),
      case .truncate(let truncate) = try syntax("truncate a, b cascade")
    else {
      Issue.record("a change is no change")
      return
    }

    #expect(values.table.description == "s.t" && values.columns == ["a", "b"])
    #expect(values.rowCount == 2 && values.onConflict == .doNothing)
    #expect(query.rowCount == nil && query.onConflict == .doUpdate)
    #expect(defaults.rowCount == 1 && defaults.onConflict == nil)
    #expect(update.columns == ["a", "b"] && !update.hasWhere)
    #expect(delete.hasWhere)
    #expect(truncate.tables.map(\.name) == ["a", "b"] && truncate.cascade)
  }

  @Test("a query names the functions that it calls, in order")
  func query() throws {
    guard case .select(let select) = try syntax("select cron.schedule('a', b(c())), current_user from t"),
      case .select(let writing) = try syntax("with x as (delete from t returning *) select 1"),
      case .call(let call) = try syntax("call s.p(1)")
    else {
      Issue.record("a query is no query")
      return
    }

    #expect(select.functions.map(\.description) == ["cron.schedule", "b", "c", #""current_user""#])
    #expect(select.hasFrom && !select.modifiesData)
    #expect(writing.modifiesData)
    #expect(call.procedure.description == "s.p")
  }

  @Test("a DO block has its body and its language")
  func doBlock() throws {
    #expect(try syntax("do $x$ begin end $x$") == .doBlock(.init(body: " begin end ", language: "plpgsql")))
    #expect(try syntax("do language PLV8 'x'") == .doBlock(.init(body: "x", language: "plv8")))
  }

  @Test("a COPY has two ends")
  func copy() throws {
    guard case .copy(let program) = try syntax("copy s.t (a) from program 'curl x'"),
      case .copy(let query) = try syntax("copy (select 1) to stdout")
    else {
      Issue.record("a COPY is no COPY")
      return
    }

    #expect(
      program == .init(table: .init(schema: "s", name: "t"), columns: ["a"], isFrom: true, end: .program("curl x")))
    #expect(query == .init(table: nil, columns: [], isFrom: false, end: .client))
  }

  @Test(
    "settings have names, values and an extent",
    arguments: [
      ("set search_path = '', \"Public\"", "search_path", .set(["", "Public"]), false),
      ("set local lock_timeout to '2s'", "lock_timeout", .set(["2s"]), true),
      ("set Role postgres", "role", .set(["postgres"]), false),
      ("set statement_timeout = 0", "statement_timeout", .set(["0"]), false),
      ("set time zone 'UTC'", "timezone", .set(["UTC"]), false),
      ("set x to default", "x", .setDefault, false),
      ("reset role", "role", .reset, false),
      ("reset all", "", .reset, false),
    ] as [(String, String, Syntax.SetParameter.Action, Bool)])
  func setting(_ sql: String, _ name: String, _ action: Syntax.SetParameter.Action, _ isLocal: Bool) throws {
    #expect(try syntax(sql) == .setParameter(.init(name: name, action: action, isLocal: isLocal)))
  }

  @Test("columns that are set or named twice, as a whole")
  func repeatedColumns() throws {
    guard case .update(let update) = try syntax("update a set b = 1, c.x = 1, c.y = 2, d[1] = 1, d[2] = 2, b = 3"),
      case .insert(let insert) = try syntax(
        "insert into a (b, c, b) values (1, 2, 3) on conflict (b) do update set c = 1, c = 2")
    else {
      Issue.record("not what it is")
      return
    }

    #expect(update.repeatedColumns == ["b"])
    #expect(insert.repeatedColumns == ["b", "c"])
  }

  @Test("names that PostgreSQL cuts, and where types end")
  func namesAndTypes() throws {
    let long = String(repeating: "x", count: 64)
    let script = try Script(
      Array(
        "create table a (\(long) national character varying ( 20 )[], b pg_catalog.char, c timestamp(3) without time zone)"
          .utf8))
    let statement = script.statements[0]
    guard case .createTable(let create) = statement.syntax else {
      Issue.record("no table")
      return
    }

    #expect(statement.overlongNames.map(\.name) == [long])
    let types = create.columns.compactMap { column in
      column.type.flatMap { statement.rangeOfType(at: $0.location) }.map(script.source)
    }
    #expect(
      types == ["national character varying ( 20 )[]", "pg_catalog.char", "timestamp(3) without time zone"])
  }
}
