import ArgumentParser
import Daemon

struct Log: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the daemon's log: one JSON object a line, each with the hash of the line before.",
    discussion: "Example: penstock log -f | jq .event")

  @OptionGroup var daemon: DaemonOptions

  @Option(name: .shortAndLong, help: "How many of the last lines.")
  var lines = 50

  @Flag(name: .shortAndLong, help: "Go on with what comes.")
  var follow = false

  @Flag(help: "Prove the chain instead: that no line was changed, removed or added since it was written.")
  var verify = false

  func run() async throws {
    try await daemon.ask(verify ? .verifyLog : .log(last: lines, follow: follow)) { reply in
      switch reply {
      case .logLine(let line): Terminal.answer(line)
      case .logVerified(let proof) where daemon.format == .json:
        try Terminal.answer(json: proof)
      case .logVerified(let proof):
        let files = "\(proof.files) file\(proof.files == 1 ? "" : "s")"
        Terminal.answer("\(proof.lines) lines in \(files) are as they were written; the last is \(proof.head)")
      default: break
      }
    }
  }
}
