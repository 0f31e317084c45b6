import Basics
import SQL
import Testing

@Suite("files that are refused")
struct RefusalTests {
  @Test(
    "a file of more than SQL is refused where that begins, with a way out",
    arguments: [
      ("select 1;\n\\connect other\n", SQLError.Code.metaCommand, "2:1", "\\connect is a command of psql"),
      ("select 1;\n  \\i other.sql\n", .metaCommand, "2:3", "write the statements of that file here"),
      ("select 'é' \\gexec\n", .metaCommand, "1:12", "in a DO block"),
      ("create table t (\n\\restrict x\n a int);", .metaCommand, "2:1", "\\restrict"),
      ("\\! rm\n", .metaCommand, "1:1", "\\! is a command of psql"),
      ("alter table {{ index .Options \"Namespace\" }}.users;", .template, "1:13", "Namespace\" }} is a placeholder"),
      ("create index i on \"{{ .Schema }}\".users (a);", .template, "1:19", "{{ .Schema }} is a placeholder"),
      ("create schema ${SCHEMA};", .template, "1:15", "${SCHEMA} is a placeholder"),
      ("create table \"${schema}\".t ();", .template, "1:14", "${schema} is a placeholder"),
      ("select 1;\ncreate table <%= name %> ();", .template, "2:14", "<%= name %> is a placeholder"),
      ("select {% if x", .template, "1:8", "{% if x… is a placeholder"),
      ("select 1;\nselect 'ü' || 'it is;\n\nselect 2;", .unterminated, "2:15", "a string begins here"),
      ("select 1;\nselect 'Goodhart\\'s', 'x;';\nselect 'y';", .unterminated, "3:10", "look at line 2 first: "),
      ("select E'a\\';", .unterminated, "1:8", "a string begins here"),
      ("select \"a;", .unterminated, "1:8", "a quoted name begins here"),
      ("select 1; /* a /* b */", .unterminated, "1:11", "a comment begins here"),
      ("do $a$ begin $b$ end $b$", .unterminated, "1:4", "a dollar-quoted string begins here"),
      ("copy t from stdin;\n1\n2\n", .unterminated, "1:1", #"end it with a line of \."#),
      ("copy t from stdin; select 1;\n", .copyData, "1:20", "begins on the line after it"),
      ("-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;", .wayBack, "3:1", "the way back (+goose Down)"),
      ("-- migrate:up\n\n-- migrate:down transaction:false\nselect 2;", .wayBack, "3:1", "make two files of this one"),
      ("-- Up Migration\nselect 1;\n  -- Down Migration\nselect 2;", .wayBack, "3:3", "the way back"),
      ("select 1;\nselect '\0'", .notText, "2:9", "binary"),
    ])
  func refused(_ sql: String, _ code: SQLError.Code, _ position: String, _ words: String) throws {
    let error = try #require(refusal(sql))

    #expect(error.code == code)
    #expect(error.position.description == position)
    #expect(error.message.contains(words), "\(error.message)")
  }

  @Test(
    "marks of a way back are comments where nothing stands behind them, or nothing says which way is up",
    arguments: [
      "-- migrate:up\nselect 1;\n-- migrate:down\n", "-- +goose Up\nselect 1;\n-- +goose Down\n-- drop table t;",
      "-- Down migration: none\nselect 1;", "-- migrate:down\nselect 1;",
      "-- migrate:up\ndo $$ begin\n-- migrate:down\nnull; end $$;",
    ])
  func noWayBack(_ sql: String) {
    #expect(refusal(sql) == nil)
  }

  @Test("bytes that are no UTF-8 are refused at the first of them")
  func invalidUTF8() throws {
    let latin1 = Array("-- ok é\nselect '".utf8) + [0xE4] + Array("';".utf8)

    let error = try #require(refusal(latin1))
    #expect(error.code == .notText)
    #expect(error.position == SourcePosition(line: 2, column: 9))
  }

  @Test("a file in UTF-16 is refused by name")
  func utf16() throws {
    let error = try #require(refusal([0xFF, 0xFE, 0x73, 0x00]))

    #expect(error.code == .notText)
    #expect(error.message.contains("UTF-16"))
  }

  @Test(
    "a backslash, braces or a word like stdin within quotes or comments harm nobody",
    arguments: [
      "select '\n\\connect x\n';", "-- \\connect\nselect 1;", "do $$\n\\i x\n$$;", "/*\n\\q\n*/ select 1",
      "select '{{ name }}';", "do $$ {{ x }} $$;", "select 1 -- {{ x }}",
    ])
  func accepted(_ sql: String) throws {
    #expect(refusal(sql) == nil)
  }
}
