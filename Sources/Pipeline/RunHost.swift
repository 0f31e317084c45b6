/// Whoever has a pipeline run: the daemon, or a command in the foreground. A run tells it what happens and asks it what
/// only it can know.
package protocol RunHost: Sendable {
  /// Tells of an event. Events of one run come in order.
  func report(_ event: RunEvent) async

  /// Waits until enough people have approved the run.
  /// - Returns: Their names.
  /// - Throws: `RunFailure` when the approval was refused or came too late; `CancellationError`.
  func approvals(for gate: GateRequest) async throws -> [String]

  /// Asks whether the run may begin to change the target. From a yes on, the run must not be cancelled for a newer push.
  /// - Returns: False when a newer push has taken this run's place.
  func mayPromote(_ run: RunID) async -> Bool
}

/// What a gate asks for.
package struct GateRequest: Codable, Hashable, Sendable {
  package let run: RunID
  package let environment: String
  /// 1 or more.
  package let approvals: Int
  /// Who may approve; empty for anybody.
  package let approvers: [String]
  /// How long the run waits.
  package let expires: Duration

  package init(run: RunID, environment: String, approvals: Int, approvers: [String], expires: Duration) {
    self.run = run
    self.environment = environment
    self.approvals = approvals
    self.approvers = approvers
    self.expires = expires
  }
}
