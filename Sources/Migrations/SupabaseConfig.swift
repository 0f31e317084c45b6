package import Basics
internal import TOMLKit

/// What Penstock reads in `supabase/config.toml`. Everything else in the file is the Supabase CLI's business.
package struct SupabaseConfig: Hashable, Sendable {
  package var projectID: String?
  package var database = Database()
  package var api = API()

  package struct Database: Hashable, Sendable {
    /// PostgreSQL's major version, 15 or 17 as a rule; nil when the file does not say.
    package var majorVersion: Int?
    package var migrations = Migrations()
    package var seed = Seed()
  }

  package struct Migrations: Hashable, Sendable {
    package var enabled = true
    /// Glob patterns of declarative schema files, relative to the file's folder.
    package var schemaPaths: [String] = []
  }

  package struct Seed: Hashable, Sendable {
    package var enabled = true
    /// Glob patterns, relative to the file's folder.
    package var sqlPaths = ["./seed.sql"]
  }

  package struct API: Hashable, Sendable {
    /// The schemas that the API shows to the world.
    package var schemas = ["public", "graphql_public"]
    /// Whether new tables get the API roles' default grants; nil when the file does not say.
    package var autoExposeNewTables: Bool?
  }

  /// The configuration of a project without the file.
  package init() {}

  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: The file's path, for messages.
  ///   - environment: What `env(NAME)` stands for.
  /// - Throws: Every problem of the file at once.
  package init(
    toml bytes: [UInt8], path: String = "supabase/config.toml", environment: [String: String] = [:]
  ) throws(SupabaseConfigError) {
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SupabaseConfigError(path: path, problems: [.init(message: "the file is not UTF-8 text")])
    }
    let root: TOMLTable
    do {
      root = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let position = SourcePosition(line: error.source.begin.line, column: error.source.begin.column)
      throw SupabaseConfigError(path: path, problems: [.init(message: error.description, position: position)])
    } catch {
      throw SupabaseConfigError(path: path, problems: [.init(message: "\(error)")])
    }

    // The tables below are views into the root, which has to outlive them.
    let problems = withExtendedLifetime(root) {
      var reader = TOMLReader(environment: environment)
      read(root, with: &reader)
      return reader.problems
    }
    if !problems.isEmpty { throw SupabaseConfigError(path: path, problems: problems) }
  }

  private mutating func read(_ root: TOMLTable, with reader: inout TOMLReader) {
    projectID = reader.string(root, "project_id")
    if let api = reader.table(root, "api") {
      self.api.schemas = reader.strings(api, "api.schemas") ?? self.api.schemas
      self.api.autoExposeNewTables = reader.bool(api, "api.auto_expose_new_tables")
    }
    guard let db = reader.table(root, "db") else { return }
    database.majorVersion = reader.int(db, "db.major_version")
    if let migrations = reader.table(db, "db.migrations") {
      database.migrations.enabled = reader.bool(migrations, "db.migrations.enabled") ?? true
      database.migrations.schemaPaths = reader.strings(migrations, "db.migrations.schema_paths") ?? []
    }
    if let seed = reader.table(db, "db.seed") {
      database.seed.enabled = reader.bool(seed, "db.seed.enabled") ?? true
      database.seed.sqlPaths = reader.strings(seed, "db.seed.sql_paths") ?? database.seed.sqlPaths
    }
  }
}

/// Why a `config.toml` cannot be used.
package struct SupabaseConfigError: Error, Hashable, Sendable {
  package let path: String
  /// One or more.
  package let problems: [Problem]

  package struct Problem: Hashable, Sendable {
    package let message: String
    /// Nil for a value of the wrong kind, whose place the TOML parser does not keep; its key is in the message.
    package var position: SourcePosition?
  }
}

extension SupabaseConfigError: CustomStringConvertible {
  /// One line a problem: `supabase/config.toml:12:3: ...`.
  package var description: String {
    problems
      .map { problem in "\(path)\(problem.position.map { ":\($0)" } ?? ""): \(problem.message)" }
      .joined(separator: "\n")
  }
}
