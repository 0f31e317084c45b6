import ArgumentParser
import Daemon
import Migrations

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the migrations: those of the work tree beside those that a database has applied.",
    discussion: "Example: penstock status --format json",
    aliases: ["list"])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption
  @OptionGroup var daemon: DaemonOptions

  @Option(help: ArgumentHelp("The target of one of the daemon's environments.", valueName: "name"))
  var environment: String?

  func run() async throws {
    let workspace = try await options.workspace()
    let history = try await history(of: try workspace.migrations(), in: workspace)
    let rows = history.entries.map(StatusRow.init)
    switch daemon.format {
    case .json:
      try Terminal.answer(json: ["migrations": rows])
    case .text:
      var table = Table("Local", "Remote", "Time (UTC)", "State", "Name")
      for row in rows { table.add(row.local ?? "", row.remote ?? "", row.time ?? "", row.state, row.name ?? "") }
      Terminal.answer(table.isEmpty ? "There are no migrations." : table.text)
    }
  }
}

extension Status {
  /// From the daemon, which alone knows how to reach its targets, or from the database itself.
  private func history(of migrations: MigrationSet, in workspace: Workspace) async throws -> HistoryComparison {
    guard let environment else {
      return try await database.target(in: workspace).history(of: migrations)
    }
    var applied: [HistoryEntry] = []
    try await daemon.ask(.history(environment: environment)) { reply in
      if case .history(let entries) = reply { applied = entries }
    }
    return HistoryComparison(migrations, applied)
  }
}

/// A migration as `penstock status` lists it.
private struct StatusRow: Encodable {
  let local: String?
  let remote: String?
  /// `2025-11-08 12:00:00`, where the version is a time.
  let time: String?
  let state: String
  let name: String?

  init(_ entry: HistoryComparison.Entry) {
    local = entry.migration?.version
    remote = entry.history?.version
    time = Self.time(of: entry.version)
    state = entry.status.rawValue
    name = entry.migration?.name ?? entry.history?.name
  }

  private static func time(of version: String) -> String? {
    guard version.count == 14 else { return nil }
    let digits = Array(version)
    func part(_ range: Range<Int>) -> String { String(digits[range]) }
    return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(8..<10)):\(part(10..<12)):\(part(12..<14))"
  }
}
