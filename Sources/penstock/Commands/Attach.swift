import ArgumentParser
import Daemon
import Pipeline

struct Attach: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a run until it ends. Going away cancels nothing.",
    discussion: "Example: penstock attach 01KAT4Z0D1QJ8V3M5T6B7N9X2C")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The run.")
  var run: RunID

  func run() async throws {
    var isSuccess = false
    try await daemon.ask(.attach(run)) { reply in
      guard case .event(let event) = reply else { return }
      switch daemon.format {
      case .json: try Terminal.answer(jsonLine: event)
      case .text: ProgressText.lines(for: event).forEach(Terminal.answer)
      }
      if case .finished(let record) = event { isSuccess = record.result.isSuccess }
    }
    if !isSuccess { throw AnswerIsNo() }
  }
}
