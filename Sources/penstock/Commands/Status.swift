import ArgumentParser
import Migrations

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the migrations: those of the work tree beside those that a database has applied.",
    discussion: "Example: penstock status --format json",
    aliases: ["list"])

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let target = try await database.target(in: workspace)
    let history = try await target.history(of: try workspace.migrations())
    let rows = history.entries.map(StatusRow.init)
    switch format {
    case .json:
      try Terminal.answer(json: ["migrations": rows])
    case .text:
      var table = Table("Local", "Remote", "Time (UTC)", "State", "Name")
      for row in rows { table.add(row.local ?? "", row.remote ?? "", row.time ?? "", row.state, row.name ?? "") }
      Terminal.answer(table.isEmpty ? "There are no migrations." : table.text)
    }
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
