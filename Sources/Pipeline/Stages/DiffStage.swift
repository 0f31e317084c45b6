package import Configuration
internal import Schema

/// What the migrations change, who can do more or less afterwards, and whether the target is what its history says.
package struct DiffStage: Stage {
  package static let name = "diff"
  package static let optionKeys = ["drift", "access"]
  package static let reservedKeys = ["locks"]

  /// What becomes of a run whose target is not what its history says.
  enum DriftPolicy: String, CaseIterable { case fail, warn, adopt }

  private let drift: DriftPolicy
  let access: AccessOptions

  package init(options: YAMLMapping?) {
    drift = options?["drift"]?.choice(of: DriftPolicy.self) ?? .fail
    access = options?["access"].flatMap(AccessOptions.init) ?? AccessOptions()
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    guard let before = bench.before, let after = bench.after else {
      throw RunFailure("there is no shadow to compare: the pipeline has no reset stage before diff")
    }
    let target = try await bench.snapshot(of: bench.environment.target, as: "penstock \(bench.environment.name)")
    bench.targetBefore = target
    let difference = Difference(from: before, to: after)
    bench.record.difference = difference

    var summary = difference.isEmpty ? ["no change of the schema"] : difference.summary
    if let matrices = bench.access {
      let change = AccessDifference(from: matrices.before, to: matrices.after)
      if !change.isEmpty { bench.record.access = change }
      let lines = AccessSummary.lines(change)
      summary += lines.prefix(Self.shownAccess).map { "access: \($0)" }
      if lines.count > Self.shownAccess {
        summary.append("access: and \(lines.count - Self.shownAccess) more: penstock show has all of them")
      }
      try access.check(change, before: matrices.before, after: matrices.after)
    }
    let drifted = Difference(from: before, to: target)
    if let adoption = bench.adoption {
      summary.append("drift of the target, adopted as \(adoption.name): penstock fetch writes its file")
    }
    if !drifted.isEmpty {
      let changes = drifted.summary.joined(separator: "  ")
      // What is taken away with everything else is not taken into the history before.
      switch bench.isRebuilding && drift == .adopt ? .warn : drift {
      case .fail:
        throw RunFailure(
          "the target is not what its history says: \(changes)",
          advice: bench.record.evidence.versionGap.map { "The versions may be all there is to it: \($0)." }
            ?? "Undo the change on the target, or bring it into a migration; drift: warn lets the run go on, and "
            + "drift: adopt takes it into the history.")
      case .adopt:
        guard bench.adoption == nil, bench.stages.contains(where: { $0 is PromoteStage }) else {
          throw RunFailure("the target is not what its history says: \(changes)")
        }
        bench.adoption = try await Adoption.ofDrift(on: bench)
        throw StaleEvidence()
      case .warn:
        summary.append("drift of the target: \(changes)")
      }
    }
    return summary
  }

  private static let shownAccess = 8
}
