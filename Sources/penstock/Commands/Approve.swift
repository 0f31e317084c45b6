import ArgumentParser
import Daemon
import Pipeline

struct Approve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Approve a run that waits at a gate, or will come to one.",
    discussion: "Example: penstock approve 01KAT4Z0D1QJ8V3M5T6B7N9X2C")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The run.")
  var run: RunID

  func run() async throws {
    try await daemon.order(.approve(run))
  }
}
