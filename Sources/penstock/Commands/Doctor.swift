import ArgumentParser
import Migrations
import Shadow

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find out what is wrong, and say what to do about it.",
    discussion: "Example: penstock doctor repo",
    subcommands: [DoctorRepo.self])
}

struct DoctorRepo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repo",
    abstract: "Apply every migration on a shadow, and say of each that fails why. Exit code 1 when one does.",
    discussion: """
      Goes on past failures, and tells root causes from what merely follows from them. Touches no database of yours.
      In a folder of a repository that has migrations of its own it tries those.

      Example: penstock doctor repo --format json
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace(isNested: true)
    let migrations = try workspace.migrations()
    options.remark(
      migrations.migrations.isEmpty
        ? workspace.whereMigrationsAre
        : "Trying \(migrations.migrations.count) migrations of \(migrations.directory) on a shadow...")
    let verdict = try await LocalServer(workspace: workspace).verdict(on: migrations)
    switch format {
    case .json: try Terminal.answer(json: verdict)
    case .text: Terminal.answer(VerdictText(isColored: options.colours).render(verdict))
    }
    if !verdict.isClean { throw AnswerIsNo() }
  }
}
