import SQL
import Testing

@Suite("quoting")
struct QuotingTests {
  @Test(
    "names are quoted as PostgreSQL's quote_ident quotes them",
    arguments: [
      ("invoices", "invoices"), ("_a1", "_a1"), ("Invoices", #""Invoices""#), ("1a", #""1a""#), ("a b", #""a b""#),
      ("", #""""#), (#"a"b"#, #""a""b""#), ("über", #""über""#), ("a$", #""a$""#), ("user", #""user""#),
      ("select", #""select""#), ("between", #""between""#), ("left", #""left""#), ("comment", "comment"),
      ("name", "name"), ("values", #""values""#), ("int", #""int""#),
    ])
  func identifier(_ name: String, _ quoted: String) {
    #expect(Quoting.identifier(name) == quoted)
  }

  @Test(
    "strings are quoted as PostgreSQL's quote_literal quotes them",
    arguments: [
      ("a", "'a'"), ("", "''"), ("it's", "'it''s'"), (#"c:\"#, #"E'c:\\'"#), (#"\'"#, #"E'\\'''"#), ("é", "'é'"),
      ("e\u{301}'", "'e\u{301}'''"),
    ])
  func literal(_ text: String, _ quoted: String) {
    #expect(Quoting.literal(text) == quoted)
  }

  @Test("a quoted string means what it was")
  func roundTrip() throws {
    for text in ["", "a'b", #"\"#, #"'\''"#, "ä\n\t😀", "$$ -- /*"] {
      let script = try Script(Array("select \(Quoting.literal(text))".utf8))
      #expect(script.statements.flatMap { $0.literals.map(\.value) } == [text])
    }
  }
}
