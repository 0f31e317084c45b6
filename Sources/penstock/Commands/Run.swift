import ArgumentParser
import Configuration
import Foundation
import Git
import Pipeline
import Shadow
import SystemPackage

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a pipeline once, in the foreground, without a daemon.",
    discussion: """
      The pipeline and the migrations are those of a commit, never of the work tree. The target is the local development \
      database, unless one is named.

      Example: penstock run staging --commit feature/invoices --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption

  @Argument(help: ArgumentHelp("A pipeline's name or file.", valueName: "pipeline"))
  var pipeline: String

  @Option(help: ArgumentHelp("The commit to run on.", valueName: "rev"))
  var commit = "HEAD"

  @Flag(help: "Leave out promote and gate.")
  var dryRun = false

  @Flag(help: "Give every approval that a gate asks for.")
  var approve = false

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let repository = try workspace.requiredRepository()
    let commit = try await repository.resolve(commit)
    let pipeline = try await pipeline(in: commit, of: repository)
    let target = try await database.target(in: workspace)
    let shadows = try await LocalServer(workspace: workspace).shadows()

    let environment = Pipeline.Environment(
      name: pipeline.environment, target: target.connection, profile: workspace.profile,
      instance: "cli-\(ProcessInfo.processInfo.processIdentifier)", adaptation: target.adaptation)
    let request = RunRequest(
      repository: workspace.root.lastComponent?.string ?? "repository",
      ref: try await repository.head() ?? RefName(branch: pipeline.environment), commit: commit, actor: NSUserName())
    let runner = Runner(
      repository: repository, shadows: shadows, host: ForegroundHost(isQuiet: options.quiet, approves: approve))
    let record = await runner.run(request, pipeline: pipeline, in: environment)
    await shadows.stop()

    if format == .json { try Terminal.answer(json: record) }
    if record.failure?.isUnreachable == true { throw Failure(.unreachable, record.failure?.message ?? "") }
    if !record.result.isSuccess { throw AnswerIsNo() }
  }

  private func pipeline(in commit: ObjectID, of repository: Repository) async throws -> PipelineFile {
    let selection = try await PipelineSelection(commit: commit, in: repository)
    guard let found = selection.pipelines.first(where: { $0.name == pipeline || $0.path == pipeline }) else {
      let problems = selection.problems.map(\.description).joined(separator: "\n")
      let names = selection.pipelines.map(\.name).joined(separator: ", ")
      let known = names.isEmpty ? "it has none in pipelines/: penstock init writes two" : "it has \(names)"
      throw Failure(.usage, problems.isEmpty ? "the commit has no pipeline \(pipeline); \(known)" : problems)
    }
    return dryRun ? found.leavingOut([PromoteStage.name, GateStage.name]) : found
  }
}

/// A run in the foreground: its events are lines on standard error.
private struct ForegroundHost: RunHost {
  let isQuiet: Bool
  let approves: Bool

  func report(_ event: RunEvent) async {
    if !isQuiet { ProgressText.lines(for: event).forEach(Terminal.remark) }
  }

  func approvals(for gate: GateRequest) async throws -> [String] {
    guard approves else {
      throw RunFailure(
        "\(gate.approvals) approval\(gate.approvals == 1 ? "" : "s") would be asked for here",
        advice: "Give it with --approve, or leave the gate out with --dry-run.")
    }
    return [NSUserName()]
  }

  func mayPromote(_ run: RunID) async -> Bool { true }
}
