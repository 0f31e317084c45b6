import ArgumentParser
import Daemon
import Foundation
import Pipeline
import SystemPackage

/// Where the daemon is.
struct DaemonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's socket. Default: $PENSTOCK_SOCKET, else where the daemon has it.", valueName: "path"))
  var socket: String?

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  /// Asks the daemon, and gives each of its replies to `body` as it comes.
  func ask(_ request: ControlRequest, _ body: (ControlReply) throws -> Void) async throws {
    let socket = self.socket.map { FilePath($0) } ?? DaemonConfig.socket(variables: ProcessInfo.processInfo.environment)
    try await ControlClient(socket: socket).ask(request) { try body($0) }
  }

  /// Asks for something of which the daemon says only that it is done.
  func order(_ request: ControlRequest) async throws {
    try await ask(request) { reply in
      guard case .done(let sentence) = reply else { return }
      switch format {
      case .json: try Terminal.answer(json: ["done": sentence])
      case .text: Terminal.answer(sentence)
      }
    }
  }
}

extension RunID: ExpressibleByArgument {
  /// A run's name, as a user writes it.
  public init?(argument: String) { self.init(argument) }
}
