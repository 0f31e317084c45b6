import ArgumentParser
import Basics
import Daemon
import Git
import Pipeline

struct Runs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the daemon's runs, the newest first.",
    discussion: "Example: penstock runs --limit 50 --format json")

  @OptionGroup var daemon: DaemonOptions

  @Option(help: "How many at the most.")
  var limit = 20

  @Option(help: ArgumentHelp("Only those of one repository.", valueName: "name"))
  var repository: String?

  func run() async throws {
    var runs: [RunSummary] = []
    try await daemon.ask(.runs(limit: limit, repository: repository)) { reply in
      if case .runs(let some) = reply { runs += some }
    }
    switch daemon.format {
    case .json:
      try Terminal.answer(json: runs)
    case .text:
      var table = Table("Run", "Result", "Environment", "Branch", "Commit", "By", "Queued (UTC)", "Time")
      for run in runs {
        let request = run.request
        let time = run.finishedAt.flatMap { end in run.startedAt.map { end.since($0).text } } ?? ""
        table.add(
          "\(run.id)", run.result.rawValue, PlainText.oneLine(run.environment),
          PlainText.oneLine("\(request.repository):\(request.ref.branch ?? request.ref.rawValue)"),
          request.commit.abbreviated, PlainText.oneLine(request.actor ?? ""), "\(request.queuedAt)", time)
      }
      Terminal.answer(table.isEmpty ? "There are no runs yet." : table.text)
    }
    try await remarkOnTrouble()
  }

  /// Says why there may be fewer runs than somebody expects.
  private func remarkOnTrouble() async throws {
    try await daemon.ask(.status) { reply in
      guard case .status(let status) = reply else { return }
      for repository in status.repositories {
        guard let problem = repository.problem else { continue }
        Terminal.remark("The repository \(repository.name) cannot be read: \(PlainText.oneLine(problem))")
      }
      for environment in status.environments where environment.isPaused {
        Terminal.remark("\(environment.name) is paused: penstock resume \(environment.name)")
      }
    }
  }
}
