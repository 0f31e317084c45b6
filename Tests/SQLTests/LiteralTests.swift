import SQL
import Testing

@Suite("literals")
struct LiteralTests {
  @Test(
    "a literal has the value that PostgreSQL gives it",
    arguments: [
      ("'a'", "a"), ("''", ""), ("'it''s'", "it's"), (#"'a\n'"#, #"a\n"#), (#"E'a\nb\t\\\'\q'"#, "a\nb\t\\'q"),
      (#"e'\x41\102\u00e4\U0001F600'"#, "ABä😀"), (#"E'\xZ'"#, "xZ"), ("$$it's$$", "it's"), ("$a$ $$ $a$", " $$ "),
      ("U&'a'", "a"), ("'ü'", "ü"),
    ])
  func value(_ literal: String, _ value: String) throws {
    let script = try Script(Array("select 1; select /* 'no' */ \(literal) as \"no\" -- 'no'\n;".utf8))

    let literals = script.statements[1].literals
    #expect(literals.map(\.value) == [value])
    #expect(literals.map { script.source($0.range) } == [literal])
    #expect(literals.map(\.isInsideBody) == [false])
  }

  @Test("the literals of a body stand where they are in the file")
  func body() throws {
    let script = try Script(
      Array(
        "select 1;\ndo $$ begin execute 'se''c', $x$ré$x$; -- 'no'\nend $$; create function f(a text default 'd') returns int as 'select 1' language sql"
          .utf8))

    let block = script.statements[1].literals
    #expect(block.map(\.value) == ["se'c", "ré"])
    #expect(block.map { script.source($0.range) } == ["'se''c'", "$x$ré$x$"])
    #expect(block.map { script.source($0.contents) } == ["se''c", "ré"])
    #expect(block.allSatisfy { $0.isInsideBody })
    #expect(script.statements[2].literals.map(\.value) == ["d", "select 1"])
    #expect(script.statements[2].literals.allSatisfy { !$0.isInsideBody })
  }
}
