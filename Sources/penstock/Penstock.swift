import ArgumentParser
import Basics
import Pipeline

/// The command line: each command reads its options, calls the house, and renders the answer.
@main
struct Penstock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "penstock",
    abstract: "Leads SQL migrations from a git branch to a PostgreSQL or Supabase database.",
    discussion: """
      A push is a deployment: git push origin my-branch:staging

      Exit codes: 0 done or clean, 1 the answer is no (findings, a difference, a failed run), 2 usage or configuration, \
      3 a system could not be reached.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Write and check migrations",
        subcommands: [
          Init.self, New.self, Validate.self, Reset.self, Up.self, Status.self, RollbackCommand.self, Fetch.self,
        ]),
      CommandGroup(
        name: "Understand a schema",
        subcommands: [Diff.self, Dump.self, Access.self, Policies.self, Doctor.self]),
      CommandGroup(name: "Pipelines", subcommands: [Run.self, CheckConfig.self, Hooks.self, Hook.self]),
      CommandGroup(
        name: "The daemon",
        subcommands: [
          DaemonCommand.self, Runs.self, Show.self, Log.self, Attach.self, Cancel.self, Retry.self, Approve.self,
          Pause.self, Resume.self,
        ]),
    ])

  static let version = "0.1.0"

  static func main() async {
    await Failure.exiting {
      var command = try command()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    }
  }

  private static func command() throws -> any ParsableCommand {
    do {
      return try parseAsRoot()
    } catch {
      // Not before: the names of all commands take a while.
      try refuseUnknownCommand()
      throw error
    }
  }

  /// ArgumentParser would complain of unexpected arguments, and not say which word it does not know.
  private static func refuseUnknownCommand() throws {
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else { return }
    let names = configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases }
    guard word != "help", !names.contains(word) else { return }
    let hint = Spelling.hint(for: word, among: names.filter { $0 != Hook._commandName })
    throw Failure(.usage, "there is no command \(PlainText.oneLine(word))\(hint): penstock --help lists them")
  }
}
