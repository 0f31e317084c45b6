import ArgumentParser
import Daemon
import Foundation
import Logging

struct DaemonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daemon",
    abstract: "Watch repositories and run their pipelines, until told to stop.",
    discussion: """
      SIGTERM and SIGINT stop it: a promotion under way ends or is rolled back, other runs go back to the queue.

      Example: penstock daemon --config /etc/penstock/penstock.yaml
      """)

  @Option(help: ArgumentHelp("The configuration.", valueName: "file"), completion: .file(extensions: ["yaml"]))
  var config = "/etc/penstock/penstock.yaml"

  @Flag(name: .shortAndLong, help: "Log what only a developer of Penstock wants to know.")
  var verbose = false

  func run() async throws {
    let text: String
    do {
      text = try String(contentsOfFile: config, encoding: .utf8)
    } catch {
      throw Failure(reading: config, error)
    }
    let configuration = try DaemonConfig(text, file: config)
    var logger = Logger(label: "penstock") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = verbose ? .debug : .info
    try await PenstockDaemon.run(config: configuration, logger: logger)
  }
}
