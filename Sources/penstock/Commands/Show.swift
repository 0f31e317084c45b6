import ArgumentParser
import Daemon
import Pipeline
import Schema

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show all that is known of a run, by its name or by its commit.",
    discussion: "Example: penstock show $(git rev-parse HEAD) --diff")

  @OptionGroup var options: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "A run, or a commit or the beginning of one.")
  var run: String

  @Flag(help: "Show the whole difference of the schema, too.")
  var diff = false

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    try await daemon.ask(.show(run)) { reply in
      switch (reply, format) {
      case (.record(let record), .json): try Terminal.answer(json: record)
      case (.record(let record), .text): show(record)
      case (.run(let summary), .json): try Terminal.answer(json: summary)
      case (.run(let summary), .text): Terminal.answer("run \(summary.id) is \(summary.result.rawValue)")
      default: break
      }
    }
  }

  private func show(_ record: RunRecord) {
    Terminal.answer(CommitNote.text(for: record))
    if diff, let difference = record.difference {
      Terminal.answer("\n" + DifferenceText(difference, usesColor: options.colours).text)
    }
  }
}
