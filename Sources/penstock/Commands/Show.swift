import ArgumentParser
import Daemon
import Git
import Pipeline
import Schema

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show all that is known of a run, by its name or by its commit.",
    discussion: "Example: penstock show HEAD --diff")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "A run, or a commit: HEAD, a branch, a hash or the beginning of one.")
  var run: String

  @Flag(help: "Show the whole difference of the schema and of access, too.")
  var diff = false

  func run() async throws {
    try await daemon.ask(.show(try await name())) { reply in
      switch (reply, daemon.format) {
      case (.record(let record), .json): try Terminal.answer(json: record)
      case (.record(let record), .text): show(record)
      case (.run(let summary), .json): try Terminal.answer(json: summary)
      case (.run(let summary), .text): Terminal.answer("run \(summary.id) is \(summary.result.rawValue)")
      default: break
      }
    }
  }

  /// What the daemon knows a run by: HEAD, a branch or a tag is a commit here, and not there.
  private func name() async throws -> String {
    guard RunID(run) == nil, !run.allSatisfy(\.isHexDigit), let repository = try await options.workspace().repository
    else { return run }
    return try await repository.resolve(run).hex
  }

  private func show(_ record: RunRecord) {
    Terminal.answer(CommitNote.text(for: record))
    if diff, let difference = record.difference {
      Terminal.answer("\n" + DifferenceText(difference, usesColor: options.colours).text)
    }
    if diff, let access = record.access {
      Terminal.answer("\n" + AccessDifferenceText(access, usesColor: options.colours).text)
    }
  }
}
