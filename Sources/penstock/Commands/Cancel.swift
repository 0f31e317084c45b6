import ArgumentParser
import Daemon
import Pipeline

struct Cancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End a run. One that is promoting rolls back what is not committed.",
    discussion: "Example: penstock cancel 01KAT4Z0D1QJ8V3M5T6B7N9X2C")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The run.")
  var run: RunID

  func run() async throws {
    try await daemon.order(.cancel(run))
  }
}
