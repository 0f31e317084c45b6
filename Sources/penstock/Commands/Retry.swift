import ArgumentParser
import Daemon
import Pipeline

struct Retry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the same commit again.",
    discussion: "Example: penstock retry 01KAT4Z0D1QJ8V3M5T6B7N9X2C")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The run, which must have ended.")
  var run: RunID

  func run() async throws {
    try await daemon.ask(.retry(run)) { reply in
      guard case .queued(let runs) = reply else { return }
      switch daemon.format {
      case .json: try Terminal.answer(json: runs)
      case .text: runs.forEach { Terminal.answer("\($0)") }
      }
    }
  }
}
