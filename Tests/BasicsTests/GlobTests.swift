import Basics
import Testing

@Suite("Glob")
struct GlobTests {
  @Test(
    "a pattern fits what it says, and nothing else",
    arguments: [
      ("staging", "staging", true), ("staging", "staging2", false), ("feature/*", "feature/a", true),
      ("feature/*", "feature/a/b", false), ("feature/**", "feature/a/b", true), ("**", "a/b/c", true),
      ("**/x.sql", "x.sql", true), ("**/x.sql", "a/b/x.sql", true), ("**/x.sql", "a/yx.sql", false),
      ("supabase/tests/**/*.sql", "supabase/tests/a.sql", true),
      ("supabase/tests/**/*.sql", "supabase/tests/db/deep/a.sql", true),
      ("supabase/**", "supabase/migrations/1_a.sql", true), ("supabase/**", "supabasex", false),
      ("v?", "v1", true), ("v?", "v/", false), ("v[0-9]", "v7", true), ("v[!0-9]", "v7", false), ("a.b", "axb", false),
      ("*", "", true), ("$(id)*", "$(id);x", true), ("a/?.sql", "a/bc.sql", false),
      ("a/*b*c.sql", "a/xbxbyc.sql", true),
    ])
  func matches(pattern: String, name: String, expected: Bool) throws {
    let glob = try #require(Glob(pattern))

    #expect(glob.matches(name) == expected)
  }

  @Test("a set that is not closed is no pattern")
  func unclosed() {
    #expect(Glob("v[0-9") == nil)
  }

  @Test("a pattern of many stars on a long name is decided, not searched for ever")
  func manyStars() throws {
    let glob = try #require(Glob(String(repeating: "*a", count: 40) + "b"))

    #expect(!glob.matches(String(repeating: "a", count: 2_000)))
  }
}
