package import Configuration

/// Waits until enough people have approved.
package struct GateStage: Stage {
  package static let name = "gate"
  package static let optionKeys = ["approvals", "expires"]
  package static let reservedKeys = ["signed-push"]

  private let approvals: Int
  private let expires: Duration

  package init(options: YAMLMapping?) {
    approvals = options?["approvals"]?.count ?? 1
    expires = options?["expires"]?.duration ?? .seconds(24 * 3_600)
  }

  package func run(on bench: inout Workbench) async throws -> [String] {
    let needed = max(approvals, bench.environment.approvals)
    guard needed > 0 else { return ["no approval is asked for"] }
    guard !bench.pending.isEmpty || !bench.reversals.isEmpty else { return ["nothing to approve"] }
    let request = GateRequest(
      run: bench.request.id, environment: bench.environment.name, approvals: needed,
      approvers: bench.environment.approvers, expires: expires)
    await bench.host.report(.waiting(bench.request.id, approvals: needed))
    let names = try await bench.host.approvals(for: request)
    return ["approved by \(names.joined(separator: ", "))"]
  }
}
