import ArgumentParser
import Daemon

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Begin no more runs for an environment; pushes wait in the queue.",
    discussion: "Example: penstock pause production")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The environment, as the daemon's configuration names it.")
  var environment: String

  func run() async throws {
    try await daemon.order(.pause(environment: environment))
  }
}
