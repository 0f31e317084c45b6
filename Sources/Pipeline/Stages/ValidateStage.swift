package import Configuration
internal import Lint
internal import Migrations

/// The rules over the pending files, before anything is applied anywhere.
package struct ValidateStage: Stage {
  package static let name = "validate"
  package static let optionKeys = ["fail-on", "rules"]

  private let failOn: Severity
  private let severities: [RuleName: Severity]

  package init(options: YAMLMapping?) {
    failOn = options?["fail-on"]?.choice(of: Severity.self) ?? .error
    severities = options?["rules"].map(LintConfiguration.severities) ?? [:]
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    bench.failOn = failOn
    bench.linting.narrow(with: severities)
    var input = await LintInput(bench.migrations, bench.upcoming, strays: bench.strays, cache: bench.memory.files)
    input.changedFiles = Set(bench.upcoming.entries(.edited).compactMap { $0.migration?.path })
    let report = await Linter(bench.linting).lint(input)
    try bench.take(report)

    let files = "\(report.files) file\(report.files == 1 ? "" : "s")"
    let counts = [(Severity.error, "error"), (.warning, "warning"), (.advice, "advice")]
      .map { (count: report.count($0), word: $1) }
      .filter { $0.count > 0 }
      .map { "\($0.count) \($0.word)\($0.count == 1 || $0.word == "advice" ? "" : "s")" }
    return [([files] + (counts.isEmpty ? ["no findings"] : counts)).joined(separator: ", ")]
      + passedOver(bench.migrations)
  }

  /// Says which files nobody will apply, because their names are no migrations' names.
  private func passedOver(_ migrations: MigrationSet) -> [String] {
    let names = migrations.misnamed.map { $0.split(separator: "/").last ?? "" }
    guard !names.isEmpty else { return [] }
    return [
      "passed over: \(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? " and \(names.count - 3) more" : "")"
    ]
  }
}
