import Basics
import Migrations
import Testing

@Suite("supabase/config.toml")
struct SupabaseConfigTests {
  private func config(
    _ text: String, environment: [String: String] = [:]
  ) throws(SupabaseConfigError) -> SupabaseConfig {
    try SupabaseConfig(toml: Array(text.utf8), environment: environment)
  }

  @Test("is read, and what it does not say has the Supabase CLI's defaults")
  func read() throws {
    let config = try config(
      """
      project_id = "shop"
      [api]
      schemas = ["public", "storage"]
      auto_expose_new_tables = false
      [db]
      major_version = 15
      [db.migrations]
      schema_paths = ["./schemas/*.sql"]
      [db.seed]
      enabled = false
      [auth]
      site_url = "http://localhost"
      """)

    #expect(config.projectID == "shop")
    #expect(config.api.schemas == ["public", "storage"])
    #expect(config.api.autoExposeNewTables == false)
    #expect(config.database.majorVersion == 15)
    #expect(config.database.migrations.enabled)
    #expect(config.database.migrations.schemaPaths == ["./schemas/*.sql"])
    #expect(config.database.seed.enabled == false)
    #expect(config.database.seed.sqlPaths == ["./seed.sql"])
  }

  @Test("may be empty")
  func empty() throws {
    #expect(try config("") == SupabaseConfig())
  }

  @Test("takes values from the environment")
  func environment() throws {
    let config = try config(
      """
      project_id = "env(PROJECT)"
      [db]
      major_version = "env(MAJOR)"
      [db.seed]
      enabled = "env(SEED)"
      sql_paths = ["env(FIRST)", "b.sql"]
      """,
      environment: ["PROJECT": "shop", "MAJOR": "17", "SEED": "false", "FIRST": "a.sql"])

    #expect(config.projectID == "shop")
    #expect(config.database.majorVersion == 17)
    #expect(config.database.seed.enabled == false)
    #expect(config.database.seed.sqlPaths == ["a.sql", "b.sql"])
  }

  @Test("reports every problem at once, with its key")
  func problems() {
    let error = #expect(throws: SupabaseConfigError.self) {
      try config(
        """
        project_id = 7
        [api]
        schemas = "public"
        [db]
        major_version = "env(MISSING)"
        [db.seed]
        enabled = "yes"
        sql_paths = [1]
        """)
    }

    #expect(
      error?.problems.map(\.message) == [
        "project_id must be a string, and is 7",
        "api.schemas must be an array of strings, and is \"public\"",
        "db.major_version is env(MISSING), and there is no environment variable MISSING",
        "db.seed.enabled must be true or false, and is \"yes\"",
        "db.seed.sql_paths must be an array of strings, and is [ 1 ]",
      ])
  }

  @Test("that is not TOML is refused with line and column")
  func notTOML() {
    let error = #expect(throws: SupabaseConfigError.self) {
      try config("project_id = \"shop\"\n[db\nmajor_version = 15\n")
    }

    #expect(error?.problems.first?.position?.line == 2)
    #expect(error?.description.hasPrefix("supabase/config.toml:2:") == true)
  }

  @Test("that is not text is refused", arguments: [[0xFF, 0xFE], [0x61, 0x00]] as [[UInt8]])
  func notText(bytes: [UInt8]) {
    #expect(throws: SupabaseConfigError.self) {
      try SupabaseConfig(toml: bytes)
    }
  }
}
