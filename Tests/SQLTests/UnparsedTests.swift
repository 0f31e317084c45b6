import Basics
import SQL
import Testing

@Suite("statements that do not parse")
struct UnparsedTests {
  @Test("a statement of a newer PostgreSQL is kept as text beside its neighbours")
  func newerSyntax() throws {
    let merge = "merge into t using s on t.id = s.id when matched then delete returning *"
    let script = try Script(Array("select 1;\n\(merge);\nalter table t add constraint c check (a > 0) not valid;".utf8))

    #expect(script.statements.map(\.text)[1] == merge)
    guard case .unparsed(let error) = script.statements[1].syntax else {
      Issue.record("the parser knows RETURNING of MERGE by now")
      return
    }
    #expect(error.message == #"syntax error at or near "returning""#)
    #expect(error.position == SourcePosition(line: 2, column: 62))
    guard case .select = script.statements[0].syntax, case .alterTable = script.statements[2].syntax else {
      Issue.record("a bad statement spoiled its neighbours")
      return
    }
  }

  @Test(
    "an error's place is right after characters of several bytes",
    arguments: [
      ("select 'ü€😀' form t, x", "1:19", "t"),
      ("select 1;\n\n  selekt 'ä'", "3:3", "selekt"),
      ("create table tä (\r\n  ä int,,\r\n  b int)", "2:9", ","),
      ("select (1", "1:10", ""),
    ])
  func place(_ sql: String, _ position: String, _ rest: String) throws {
    let script = try Script(Array(sql.utf8))
    guard case .unparsed(let error) = try #require(script.statements.last).syntax else {
      Issue.record("it parses")
      return
    }

    #expect(error.position.description == position)
    #expect(script.lines.position(ofByte: error.location) == error.position)
    #expect(script.source(error.location..<script.bytes.count).hasPrefix(rest))
  }

  /// A query that repeats something around or after something else.
  struct Nest: CustomTestStringConvertible {
    var before = ""
    var opening = ""
    var middle = "1"
    var closing = ""

    func sql(_ count: Int) -> String {
      "select \(before)\(String(repeating: opening, count: count))\(middle)\(String(repeating: closing, count: count))"
    }

    var testDescription: String { sql(2) }
  }

  private static let nests = [
    Nest(opening: "(", closing: ")"),
    Nest(closing: "+1"),
    Nest(closing: "::int"),
    Nest(opening: "not ", middle: "true"),
    Nest(closing: " union all select 1"),
    Nest(before: "1 from ", middle: "a", closing: " join b on true"),
    Nest(opening: "case when true then ", closing: " end"),
    Nest(closing: " is null"),
    Nest(middle: "x", closing: " collate \"C\""),
    Nest(before: "array", opening: "[", closing: "]"),
    Nest(middle: "x", closing: " operator(pg_catalog.+) x"),
    Nest(opening: "f(", closing: ")"),
    Nest(middle: "x", closing: " at time zone 'UTC'"),
  ]

  @Test("nesting without end is left to the server, not followed to the end of the stack", arguments: nests)
  func endlessNesting(_ nest: Nest) throws {
    guard case .unparsed = try syntax(nest.sql(20_000)) else {
      Issue.record("it parses")
      return
    }
  }

  @Test("deep nesting that PostgreSQL takes is parsed", arguments: nests)
  func deepNesting(_ nest: Nest) throws {
    guard case .select = try syntax(nest.sql(1_500)) else {
      Issue.record("it does not parse: \(try syntax(nest.sql(1_500)))")
      return
    }
  }

  @Test("a statement too large to be parsed is left to the server")
  func largeStatement() throws {
    let text = String(repeating: "a", count: 9 * 1024 * 1024)
    let script = try Script(Array("select 1; insert into t values ('\(text)'); select 2".utf8))

    #expect(script.statements.count == 3)
    guard case .unparsed(let error) = script.statements[1].syntax else {
      Issue.record("it was parsed")
      return
    }
    #expect(error.message.contains("8 MB"))
    #expect(error.position == script.statements[1].position)
    #expect(error.isLeftToServer)
  }

  /// 9 MB of rows.
  private static let rows = (0..<9_000).map { "(\($0), '\(String(repeating: "a", count: 1_000))')" }

  @Test("an INSERT of any number of rows is parsed")
  func largeInsert() throws {
    let rows = Self.rows.joined(separator: ",\n")
    let insert = try syntax("insert into public.t (id, a) values\n\(rows)\non conflict (id) do nothing")

    guard case .insert(let insert) = insert else {
      Issue.record("it was not parsed")
      return
    }
    #expect(insert.table.description == "public.t")
    #expect(insert.columns == ["id", "a"])
    #expect(insert.rowCount == 9_000)
    #expect(insert.onConflict == .doNothing)
  }

  @Test("a mistake far down in a large INSERT is found where it is")
  func mistakeInLargeInsert() throws {
    var rows = Self.rows
    rows[8_000] = "(1, 'ä' 'b')"
    let text = "insert into t values\n" + rows.joined(separator: ",\n")

    guard case .unparsed(let error) = try syntax(text) else {
      Issue.record("it was parsed")
      return
    }
    #expect(error.position == SourcePosition(line: 8_002, column: 9))
    #expect(!error.isLeftToServer)
  }

  @Test("a long script keeps the order of its statements")
  func longScript() throws {
    let script = try Script(Array((0..<3_500).map { "comment on table t\($0) is 'x';\n" }.joined().utf8))

    let names = script.statements.map { statement in
      if case .comment(let comment) = statement.syntax { comment.object.name.name } else { "?" }
    }
    #expect(names == (0..<3_500).map { "t\($0)" })
    #expect(script.statements.map(\.position.line) == Array(1...3_500))
  }
}
