import SQL
import Schema

@testable import Lint

/// Lints one migration, or several, with the repository's defaults.
func lint(
  _ sql: String,
  path: String = RuleExample.path,
  _ configuration: LintConfiguration = LintConfiguration()
) async -> LintReport {
  await lint([(path, sql)], configuration)
}

func lint(
  _ files: [(path: String, sql: String)],
  _ configuration: LintConfiguration = LintConfiguration()
) async -> LintReport {
  await Linter(configuration).lint(input(files))
}

func input(_ files: [(path: String, sql: String)]) -> LintInput {
  LintInput(files: files.map { LintFile(path: $0.path, bytes: Array($0.sql.utf8), isPending: true) })
}

extension LintReport {
  /// The findings of one rule.
  func of(_ rule: RuleName) -> [Finding] { findings.filter { $0.rule == rule } }
}

extension RuleExample {
  var input: LintInput {
    var input = LintInput(
      files: files.map { LintFile(path: $0.path, bytes: Array($0.sql.utf8), isPending: true) },
      appliedVersions: appliedVersions.isEmpty ? nil : appliedVersions,
      acceptedByServer: isAcceptedByServer)
    if !traces.isEmpty { input.traces = [files[0].path: FileTrace(traces)] }
    input.bodies = bodies
    input.openConditions = openConditions
    input.replays = replays
    input.statistics = statistics
    input.changedFiles = changedFiles
    for (table, size) in sizes { input.sizes[QualifiedName(schema: "public", name: table)] = size }
    return input
  }
}
