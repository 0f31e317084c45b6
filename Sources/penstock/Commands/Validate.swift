import ArgumentParser
import Basics
import Foundation
import Lint

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check migrations against the rules, without a database.",
    discussion: """
      Without files or options: what the work tree adds to the default branch.

      Example: penstock validate --staged
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("Migration files.", valueName: "file"), completion: .file(extensions: ["sql"]))
  var files: [String] = []

  @Flag(help: "The whole history.")
  var all = false

  @Option(help: ArgumentHelp("What the work tree adds to this revision.", valueName: "rev"))
  var since: String?

  @Flag(help: "What is staged for the next commit.")
  var staged = false

  @Option(help: ArgumentHelp("text, json or github.", valueName: "format"))
  var format = "text"

  @Option(help: ArgumentHelp("The least severity that fails: error, warning, advice or off.", valueName: "severity"))
  var failOn: Severity = .error

  @Option(help: ArgumentHelp("Print a rule's page and stop.", valueName: "rule"))
  var explain: String?

  func validate() throws {
    let ways = [!files.isEmpty, all, since != nil, staged].count { $0 }
    guard ways <= 1 else { throw ValidationError("Name files, or one of --all, --since and --staged.") }
    guard format == "text" || LintFormat(rawValue: format) != nil else {
      let formats = ["text"] + LintFormat.allCases.map(\.rawValue)
      throw ValidationError("--format is one of \(formats.joined(separator: ", ")).")
    }
  }

  func run() async throws {
    if let explain { return try explainRule(explain) }
    let workspace = try await options.workspace()
    let input = try await PendingFiles(workspace: workspace).input(selection)
    let report = await Linter(try workspace.linting()).lint(input)
    if let format = LintFormat(rawValue: format) {
      Terminal.answer(try format.render(report))
    } else {
      Terminal.answer(FindingText(isColored: options.colours, input: input).render(report))
    }
    if report.fails(at: failOn) { throw AnswerIsNo() }
  }

  private var selection: PendingFiles.Selection {
    if !files.isEmpty {
      let folder = options.directory.map { $0 + "/" } ?? ""
      return .files(files.map { $0.hasPrefix("/") ? $0 : folder + $0 })
    }
    if all { return .all }
    return staged ? .staged : .since(since)
  }

  private func explainRule(_ name: String) throws {
    guard let rule = Rules.named(name) else {
      throw Failure(.usage, "there is no rule \(name)\(Spelling.hint(for: name, among: Rules.names))")
    }
    Terminal.answer(RuleDocumentation(rule).markdown)
  }
}

extension Severity: ExpressibleByArgument {}
