package import Configuration
internal import Migrations
internal import Postgres
internal import Schema
internal import Shadow

/// A shadow database with what the target has applied.
package struct ResetStage: Stage {
  package static let name = "reset"
  package static let optionKeys: [String] = []

  package init(options: YAMLMapping?) {}

  package func run(on bench: inout Workbench) async throws -> [String] {
    if bench.isHistoryStale {
      let target = try await TargetState.read(bench.environment)
      bench.platform = target.platform
      bench.history = target.comparison(with: bench.migrations)
      bench.isHistoryStale = false
    }
    bench.reversals = []
    try refuseDivergence(of: bench)
    if case .revert = Self.divergence(of: bench), !bench.history.entries(.missing).isEmpty {
      bench.reversals = try await Reversals.of(bench.history, in: bench.environment)
    }

    let applied = bench.settledMigrations
    let shadow = try await bench.shadowServer.reset(
      platform: bench.platform, migrations: applied, isSettled: true)
    bench.shadow = shadow
    bench.listMigrations()
    bench.record.evidence.shadowServer = bench.shadowServer.configuration.binaries.number

    let count = "\(applied.count) migration\(applied.count == 1 ? "" : "s")"
    let source =
      if shadow.replayed > 0 {
        "\(count), \(shadow.replayed) of them replayed"
      } else {
        shadow.origin == .ready ? "\(count) stood ready" : "\(count) from cache"
      }
    let undone = bench.reversals.map { reversal in
      "to be undone: \(reversal.migration.version)"
        + (reversal.loses.isEmpty ? "" : ", and with it \(reversal.loses.joined(separator: ", "))")
    }
    return [source, bench.record.evidence.versionGap].compactMap(\.self) + undone
  }

  private func refuseDivergence(of bench: Workbench) throws(RunFailure) {
    if let edited = bench.history.entries(.edited).first {
      throw RunFailure(
        "\(edited.version) has changed since the target applied it", path: edited.migration?.path,
        advice: "Put the file back as it was and make the change in a new migration (penstock new).")
    }
    let missing = bench.history.entries(.missing)
    guard let first = missing.first, Self.divergence(of: bench) == .fail else { return }
    let name = first.name.map { "_\($0)" } ?? ""
    let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
    throw RunFailure(
      "the target has applied \(first.version)\(name)\(others), which this commit does not have",
      advice: "Merge the branch that it came from, write its file with penstock fetch, or let promote undo it "
        + "or keep it (on-divergence: revert, keep).")
  }

  private static func divergence(of bench: Workbench) -> PromoteStage.Divergence {
    bench.stages.lazy.compactMap { $0 as? PromoteStage }.first?.onDivergence ?? .fail
  }
}
