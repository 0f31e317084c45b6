import Postgres
import Testing

@testable import Schema

@Suite("An identifier")
struct IdentifierTests {
  @Test(
    "is quoted where PostgreSQL quotes it",
    arguments: [
      ("orders", "orders"), ("_x9", "_x9"), ("Orders", "\"Orders\""), ("a.b", "\"a.b\""), ("select", "\"select\""),
      ("9a", "\"9a\""), ("", "\"\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("größe", "\"größe\""), ("a$", "\"a$\""),
    ])
  func quoted(name: String, expected: String) {
    #expect(Identifier.quoted(name) == expected)
  }

  @Test("is quoted where the server's quote_ident does it, for every keyword, and elsewhere where a later version does")
  func keywords() async throws {
    try await withSchema { schema in
      let rows = try await schema.connection.query("select word, quote_ident(word) from pg_get_keywords()")

      #expect(rows.count > 400)
      for row in rows {
        let (word, quoted) = try row.decode(String.self, String.self)
        #expect(Identifier.quoted(word) == quoted || word == quoted && Self.laterKeywords.contains(word))
      }
    }
  }

  /// What became more than an unreserved word after PostgreSQL 14.
  private static let laterKeywords: Set = ["json"]

  @Test("is read back from a list of identifiers")
  func list() {
    let names = ["id", "a, b", "say \"hi\"", "é", "(x)"]

    #expect(Identifier.names(of: Identifier.list(names)) == names)
    #expect(Identifier.names(of: nil) == [])
    #expect(Identifier.names(of: "") == [])
    #expect(
      Identifier.elements(of: #"id, ("lower(""Name"")")"#) == [
        Identifier.Element(name: "id", isExpression: false),
        Identifier.Element(name: "lower(\"Name\")", isExpression: true),
      ])
  }

  @Test("is read back from a path and from a list of paths")
  func path() {
    #expect(Identifier.path(of: #"public."a.b"."say ""hi""""#) == ["public", "a.b", "say \"hi\""])
    #expect(Identifier.written(in: #"public.a, public."b, c""#) == ["public.a", #"public."b, c""#])
    #expect(Identifier.written(in: nil) == [])
  }

  @Test("and a literal is read back as the server writes it", arguments: ["open", "it's", "a\\b", "'", "E'", "a, 'b'"])
  func literal(text: String) {
    #expect(Literal.values(of: "\(Literal.quoted(text)), \(Literal.quoted("next"))") == [text, "next"])
  }
}
