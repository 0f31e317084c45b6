internal import Basics
package import Configuration
internal import Git
internal import Migrations
internal import Postgres
internal import SQL
internal import Shadow

/// The repository's pgTAP tests, on the shadow.
package struct TestStage: Stage {
  package static let name = "test"
  package static let optionKeys = ["paths", "statement-timeout"]

  private let paths: [Glob]
  private let limits: TimeLimits

  /// How much the rows of one statement may take, in bytes.
  private static let answerLimit = 16 << 20

  package init(options: YAMLMapping?) {
    paths =
      options?["paths"]?.globs ?? [Glob("supabase/tests/**/*.sql"), Glob("supabase/tests/*.sql")].compactMap(\.self)
    limits = TimeLimits(statement: options?["statement-timeout"]?.duration ?? .seconds(300))
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    let shadow = try bench.preparedShadow()
    bench.shadow?.noteUse()
    let entries = try await bench.repository.entries(of: bench.request.commit, under: "", recursive: true)
    let tests = entries.filter { entry in entry.isFile && paths.contains { $0.matches(entry.path) } }
    let server = bench.shadowServer
    var passed = 0
    for test in tests {
      try Task.checkCancellation()
      let bytes = try await bench.repository.blob(test.id, limit: 16 << 20)
      do {
        passed += try await server.watching(shadow, limits) {
          try await run(test.path, Script(bytes), on: shadow)
        }
      } catch {
        throw RunFailure(describing: error, path: test.path)
      }
    }
    return ["\(tests.count) file\(tests.count == 1 ? "" : "s"), \(passed) test\(passed == 1 ? "" : "s") passed"]
  }

  /// One test file, which rolls back what it does.
  /// - Returns: The number of tests that passed.
  private func run(_ path: String, _ script: Script, on shadow: ShadowDatabase) async throws -> Int {
    try await Connection.with(shadow.migrationRole, as: "penstock test") { connection in
      var passed = 0
      for (index, statement) in script.statements.enumerated() {
        let rows: [Row]
        do {
          rows = try await connection.query(statement.text, limit: Self.answerLimit)
        } catch let error as PostgresError {
          throw ApplyFailure(
            path: path, statementIndex: index, position: statement.position, cause: .postgres(error))
        }
        for row in rows where row.columns.count == 1 {
          guard let line = try row.decode(String?.self) else { continue }
          if line.hasPrefix("not ok") {
            throw RunFailure("a test failed: \(line)", path: path, position: statement.position)
          }
          if line.hasPrefix("ok ") { passed += 1 }
        }
      }
      return passed
    }
  }
}
