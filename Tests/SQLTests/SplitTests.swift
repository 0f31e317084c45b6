import Basics
import SQL
import Testing

@Suite("splitting")
struct SplitTests {
  struct Case: CustomTestStringConvertible {
    let input: String
    let statements: [String]

    init(_ input: String, _ statements: [String]) {
      self.input = input
      self.statements = statements
    }

    var testDescription: String { input }
  }

  @Test(
    "a file splits at its semicolons, and only there",
    arguments: [
      Case("", []),
      Case(" \r\n\t", []),
      Case("-- nothing\n/* here */", []),
      Case(";;", []),
      Case("select 1", ["select 1"]),
      Case("select 1 ;;", ["select 1"]),
      Case("select 1;\n-- bye\n", ["select 1"]),
      Case("select 1 -- bye", ["select 1"]),
      Case("-- hi\nselect 1;select 2", ["select 1", "select 2"]),
      Case("select ';'; select \";\" from t;", ["select ';'", "select \";\" from t"]),
      Case("select 'it''s;'; select 2;", ["select 'it''s;'", "select 2"]),
      Case(#"select E'it\'s; x'; select 2;"#, [#"select E'it\'s; x'"#, "select 2"]),
      Case(#"select 'c:\'; select 2;"#, [#"select 'c:\'"#, "select 2"]),
      Case("select E'a'\n'it\\'s;'; select 2", ["select E'a'\n'it\\'s;'", "select 2"]),
      Case("select U&'d;', B'01', X'0f;', N'n;'; select 2", ["select U&'d;', B'01', X'0f;', N'n;'", "select 2"]),
      Case("select $$;$$; select $a$ $$;$$ $b$;$b$ $a$;", ["select $$;$$", "select $a$ $$;$$ $b$;$b$ $a$"]),
      Case("select $é$;$é$; select 2", ["select $é$;$é$", "select 2"]),
      Case("prepare p as select $1; select a$b$ from t;", ["prepare p as select $1", "select a$b$ from t"]),
      Case("select /* ; /* ; */ ; */ 1; select 2", ["select /* ; /* ; */ ; */ 1", "select 2"]),
      Case("select 1 --;\n; select 2", ["select 1", "select 2"]),
      Case("select 1 --;\r; select 2", ["select 1", "select 2"]),
      Case("select 2 /-- ;\n 1; select 3", ["select 2 /-- ;\n 1", "select 3"]),
      Case(
        "create rule r as on insert to t do also (select 1; select 2); select 3;",
        ["create rule r as on insert to t do also (select 1; select 2)", "select 3"]),
      Case(
        "create or replace rule r as on insert to t do also (select 1;); select 3;",
        ["create or replace rule r as on insert to t do also (select 1;)", "select 3"]),
      Case(
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3;",
        [
          "create function f() returns int begin atomic select case when true then 1 end; select 2; end", "select 3",
        ]),
      Case(
        "create procedure p() begin atomic select sender as end from m; select t.case from t; END; select 3",
        ["create procedure p() begin atomic select sender as end from m; select t.case from t; END", "select 3"]),
      Case(
        "create or replace function begin_atomic() returns int return 1; select 2",
        ["create or replace function begin_atomic() returns int return 1", "select 2"]),
      Case("begin; select 1; end;", ["begin", "select 1", "end"]),
      Case(
        "do $$ begin perform 1; end $$; select 2",
        ["do $$ begin perform 1; end $$", "select 2"]),
      Case("create table t (a int; select 2;", ["create table t (a int", "select 2"]),
      Case("select a[1:2]; select 1..2", ["select a[1:2]", "select 1..2"]),
    ])
  func split(_ example: Case) throws {
    #expect(try texts(example.input) == example.statements)
  }

  @Test("carriage returns and a byte order mark stay out of statements and keep offsets and lines right")
  func windowsFile() throws {
    let script = try Script([0xEF, 0xBB, 0xBF] + Array("-- über\r\nselect\r\n  'ä';\r\nselect 2;\r\n".utf8))

    let first = try #require(script.statements.first)
    let second = try #require(script.statements.last)
    #expect(first.text == "select\r\n  'ä'")
    #expect(first.position == SourcePosition(line: 2, column: 1))
    #expect(first.end == SourcePosition(line: 3, column: 6))
    #expect(script.source(first.range) == first.text)
    #expect(second.position == SourcePosition(line: 4, column: 1))
    #expect(script.comments.map(\.text) == ["über"])
    #expect(script.text.hasPrefix("-- über"))
  }

  @Test("a statement right after a byte order mark begins where the index of lines says")
  func statementAfterByteOrderMark() throws {
    let script = try Script([0xEF, 0xBB, 0xBF] + Array("select 1".utf8))

    let statement = try #require(script.statements.first)
    #expect(statement.text == "select 1")
    #expect(statement.range == 3..<11)
    #expect(statement.position == script.lines.position(ofByte: 3))
  }

  @Test("the data of a COPY belongs to its statement and is not read as SQL")
  func copyData() throws {
    let script = try Script(
      Array("COPY public.t (a, b) FROM stdin;\n1\tit's;\n2\t$$\n\\.\n\nselect 2;\ncopy t from STDIN;\r\n\\.\r\n".utf8))

    #expect(script.statements.map(\.text) == ["COPY public.t (a, b) FROM stdin", "select 2", "copy t from STDIN"])
    #expect(script.statements.map { $0.copyData.map(script.source) } == ["1\tit's;\n2\t$$\n", nil, ""])
    #expect(script.statements[1].position == SourcePosition(line: 6, column: 1))
  }

  @Test("a COPY that does not read from the client has no data")
  func copyWithoutData() throws {
    let script = try Script(Array("copy t from '/tmp/stdin'; copy t to stdout; select 1 from stdin;".utf8))

    #expect(script.statements.count == 3)
    #expect(script.statements.allSatisfy { $0.copyData == nil })
  }

  @Test("pg_dump's restrict lines are left out and listed")
  func restrictLines() throws {
    let script = try Script(Array("--\n\\restrict 3Kx\r\nselect 1;\n  \\unrestrict 3Kx\n".utf8))

    #expect(script.statements.map(\.text) == ["select 1"])
    #expect(script.tolerated.map(\.text) == ["\\restrict 3Kx", "\\unrestrict 3Kx"])
    #expect(script.tolerated.map(\.position) == [.init(line: 2, column: 1), .init(line: 4, column: 3)])
  }

  @Test("comments say where they are and whether they are in a body")
  func comments() throws {
    let script = try Script(
      Array("/* a */ select 1; -- b \ndo $$ begin\n  -- c\n  null; end $$;\nselect '-- no', $$ -- no $$;".utf8))

    #expect(script.comments.map(\.text) == ["a", "b", "c"])
    #expect(script.comments.map(\.isInsideBody) == [false, false, true])
    #expect(script.comments.map { script.source($0.range) } == ["/* a */", "-- b ", "-- c"])
    #expect(script.comments.map(\.position.description) == ["1:1", "1:19", "3:3"])
  }
}
