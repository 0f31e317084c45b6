internal import Basics
internal import Logging
internal import Pipeline

extension Scheduler {
  /// What a run under way tells the daemon and asks of it.
  struct Host: RunHost {
    let run: RunSummary
    let scheduler: Scheduler

    func report(_ event: RunEvent) async {
      // A run has ended when its end is recorded and reported: the scheduler publishes that itself.
      if case .finished = event { return }
      await scheduler.feed.publish(event)
    }

    func approvals(for gate: GateRequest) async throws -> [String] {
      try await scheduler.approvals(for: gate)
    }

    func mayPromote(_ run: RunID) async -> Bool {
      await scheduler.mayPromote(self.run)
    }
  }

  /// The claim of the target. From a yes on, a newer push no longer ends the run.
  fileprivate func mayPromote(_ run: RunSummary) async -> Bool {
    guard active[run.id]?.stopReason == nil else { return false }
    let isSupersedable = await execution.concurrency(of: run) == .supersede
    guard active[run.id]?.stopReason == nil else { return false }
    active[run.id]?.isPromoting = true
    do {
      guard try await store.claimPromotion(run.id, unlessSuperseded: isSupersedable) else {
        active[run.id]?.isPromoting = false
        return false
      }
      return true
    } catch {
      logger.error("cannot record that the run promotes", metadata: ["run": "\(run.id)", "reason": "\(error)"])
      active[run.id]?.isPromoting = false
      stop(run.id, because: .daemonStops)
      wake()
      return false
    }
  }

  /// Waits at a gate. Approvals that were given before the run came to it count.
  fileprivate func approvals(for gate: GateRequest) async throws -> [String] {
    try await store.setWaiting(gate.run, true)
    defer { gates.removeValue(forKey: gate.run)?.finish() }
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    continuation.yield()
    gates[gate.run] = continuation
    // Cancelled below: it only ends the waiting.
    let expiry = Task {
      guard (try? await Task.sleep(for: gate.expires)) != nil else { return }
      continuation.finish()
    }
    defer { expiry.cancel() }
    for await _ in stream {
      let names = try await store.approvers(of: gate.run)
      guard names.count >= gate.approvals else { continue }
      try await store.setWaiting(gate.run, false)
      return names
    }
    try Task.checkCancellation()
    throw RunFailure(
      "nobody approved within \(gate.expires.text)", advice: "penstock retry \(gate.run) asks again.")
  }
}
