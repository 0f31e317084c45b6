import ArgumentParser
import Basics
import Foundation
import Lint
import SystemPackage

struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check migrations against the rules, without a database.",
    discussion: """
      Without files or options: what the work tree adds to the default branch.

      --fix makes the changes that need no decision, and never to a migration that the default branch has.

      Examples: penstock validate --staged
                penstock validate --fix --dry-run
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

  @Flag(help: "Make the changes that need no decision, and report what is left.")
  var fix = false

  @Flag(help: "With --fix: change nothing, print the changes as a patch.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("text, \(LintFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
  var format = "text"

  @Option(help: ArgumentHelp("The least severity that fails: error, warning, advice or off.", valueName: "severity"))
  var failOn: Severity = .error

  @Option(help: ArgumentHelp("Print a rule's page and stop.", valueName: "rule"))
  var explain: String?

  func validate() throws {
    let ways = [!files.isEmpty, all, since != nil, staged].count { $0 }
    guard ways <= 1 else { throw ValidationError("Name files, or one of --all, --since and --staged.") }
    guard !dryRun || fix else { throw ValidationError("--dry-run is for --fix.") }
    guard !dryRun || format == "text" else { throw ValidationError("--dry-run prints a patch: leave out --format.") }
    guard !fix || !staged else {
      throw ValidationError("--fix changes the work tree, not what is staged: leave out --staged.")
    }
    guard format == "text" || LintFormat(rawValue: format) != nil else {
      let formats = ["text"] + LintFormat.allCases.map(\.rawValue)
      throw ValidationError("--format is one of \(formats.joined(separator: ", ")).")
    }
  }

  func run() async throws {
    if let explain { return try explainRule(explain) }
    let workspace = try await options.workspace()
    let configuration = try workspace.linting()
    let pending = PendingFiles(workspace: workspace)
    var input = try await pending.input(selection)
    var report: LintReport
    if fix {
      let outcome = try await fix(input, pending, configuration)
      (input, report) = (outcome.input, outcome.report)
    } else {
      report = await Linter(configuration).lint(input)
    }
    if let format = LintFormat(rawValue: format) {
      Terminal.answer(try format.render(report))
    } else if !dryRun {
      Terminal.answer(FindingText(isColored: options.colours, input: input).render(report))
    }
    if report.fails(at: failOn) { throw AnswerIsNo() }
  }

  /// Fixes what can be fixed, on disk or as a patch on standard output.
  private func fix(
    _ input: LintInput, _ pending: PendingFiles, _ configuration: LintConfiguration
  ) async throws -> Fixer.Outcome {
    let workspace = pending.workspace
    let published = try await pending.published()
    let fixer = Fixer(configuration, now: Date(), taken: try await TakenVersions(workspace: workspace).all())
    let outcome = try await fixer.fix(input) {
      !published.contains($0)
    } contents: {
      Array(try Data(contentsOf: URL(filePath: workspace.root.appending($0).string)))
    }
    let fix = WorkTreeFix(workspace: workspace, changes: outcome.changes)
    if dryRun {
      let patch = try fix.patch()
      if !patch.isEmpty { Terminal.answer(patch) }
    } else {
      try fix.write()
    }
    guard !options.quiet else { return outcome }
    let count = outcome.fixed.count
    Terminal.remark("\(dryRun ? "would fix" : "fixed") \(count) finding\(count == 1 ? "" : "s")")
    for change in outcome.changes where change.oldPath != change.path {
      Terminal.remark(change.oldPath.map { "  \($0) is now \(change.path)" } ?? "  \(change.path) is new")
    }
    if !outcome.forbidden.isEmpty {
      Terminal.remark(
        "left alone: \(outcome.forbidden.count) in migrations that the default branch has; change what they did in a new one"
      )
    }
    return outcome
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
