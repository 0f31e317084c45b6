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
    if bench.divergence == .revert, !bench.history.entries(.missing).isEmpty {
      bench.reversals = try await Reversals.of(bench.history, in: bench.environment)
    }

    let applied = bench.settledMigrations
    let shadow = try await bench.shadowServer.reset(
      platform: bench.platform, migrations: applied, isSettled: true)
    bench.shadow = shadow
    if bench.isRebuilding { bench.reversals = [try await Reversals.ofEverything(on: shadow, of: bench)] }
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
      "to be undone: \(reversal.summary)"
        + (reversal.loses.isEmpty ? "" : ", and with it \(reversal.loses.joined(separator: ", "))")
    }
    return [source, bench.record.evidence.versionGap].compactMap(\.self) + undone
  }

  private func refuseDivergence(of bench: Workbench) throws(RunFailure) {
    guard !bench.isRebuilding else { return }
    if bench.divergence == .rebuild, let first = bench.history.divergent.first {
      throw RunFailure(
        first.status == .missing
          ? "the target has applied \(first.version), which this commit does not have, and \(bench.environment.name) may "
            + "not be rebuilt"
          : "\(first.version) has changed since the target applied it, and \(bench.environment.name) may not be rebuilt",
        path: first.migration?.path,
        advice: "Say in the daemon's configuration that the environment is disposable (disposable: true), or choose "
          + "another on-divergence.")
    }
    if let edited = bench.history.entries(.edited).first {
      throw RunFailure(
        "\(edited.version) has changed since the target applied it", path: edited.migration?.path,
        advice: "Put the file back as it was and make the change in a new migration (penstock new).")
    }
    let missing = bench.history.entries(.missing)
    guard let first = missing.first, bench.divergence == .fail else { return }
    let name = first.name.map { "_\($0)" } ?? ""
    let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
    throw RunFailure(
      "the target has applied \(first.version)\(name)\(others), which this commit does not have",
      advice: "Merge the branch that it came from, write its file with penstock fetch, or let promote undo it "
        + "or keep it (on-divergence: revert, keep).")
  }
}

extension Reversal {
  /// `20260103000000`, or how many up to which.
  var summary: String {
    versions.count == 1 ? migration.version : "\(versions.count) migrations up to \(migration.version)"
  }
}
