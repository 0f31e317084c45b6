import ArgumentParser
import Daemon

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Begin the runs of a paused environment again.",
    discussion: "Example: penstock resume production")

  @OptionGroup var daemon: DaemonOptions

  @Argument(help: "The environment, as the daemon's configuration names it.")
  var environment: String

  func run() async throws {
    try await daemon.order(.resume(environment: environment))
  }
}
