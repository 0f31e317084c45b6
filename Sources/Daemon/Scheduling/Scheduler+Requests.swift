internal import Basics
package import Pipeline

/// What people ask of the scheduler.
extension Scheduler {
  /// Ends a run that has not ended. One that promotes is rolled back.
  package func cancel(_ id: RunID, by actor: String) async throws -> String {
    let run = try await unfinished(id)
    var entry = LogEntry(.cancelRequested, run.request, environment: run.environment)
    entry.actor = actor
    try await store.addLogEntry(entry)
    if active[id] != nil {
      stop(id, because: .cancelled)
      return "run \(id) is being cancelled"
    }
    var record = RunRecord(request: run.request, startedAt: run.request.queuedAt, result: .cancelled)
    record.environment = run.environment
    record.finishedAt = .now
    await end(id, with: record)
    return "run \(id) is cancelled"
  }

  /// Runs a commit again whose run has ended.
  /// - Returns: The new run.
  package func retry(_ id: RunID, by actor: String) async throws -> RunID {
    let run = try await known(id)
    guard run.result.isFinal else {
      throw DaemonError(.refused, "run \(id) has not ended (\(run.result.rawValue)): penstock attach \(id) shows it")
    }
    let request = RunRequest(
      repository: run.request.repository, ref: run.request.ref, commit: run.request.commit,
      previous: run.request.previous, actor: actor)
    try await execution.pin(request)
    do {
      try await store.enqueueAgain(request, environment: run.environment)
    } catch {
      try await execution.unpin(request)
      throw error
    }
    wake()
    return request.id
  }

  /// Approves a run that waits at a gate, or will come to one.
  package func approve(_ id: RunID, by peer: Peer) async throws -> String {
    let run = try await unfinished(id)
    let approvers = execution.approvers(of: run.environment)
    guard approvers.isEmpty || !peer.names.isDisjoint(with: approvers) else {
      throw DaemonError(
        .notAllowed,
        "\(peer.user) may not approve for \(run.environment): the daemon's configuration lets "
          + "\(approvers.joined(separator: ", ")) do so")
    }
    try await store.approve(run, by: peer.user)
    gates[id]?.yield()
    reporter.wake()
    return "run \(id) is approved by \(peer.user)"
  }

  /// Begins no more runs for an environment, or begins them again.
  package func setPaused(_ isPaused: Bool, environment: String, by actor: String) async throws -> String {
    guard execution.hasEnvironment(environment) else {
      throw DaemonError(.notFound, "there is no environment \(environment) in the daemon's configuration")
    }
    try await store.setPaused(isPaused, environment: environment, by: actor)
    wake()
    return "\(environment) is \(isPaused ? "paused: runs wait in the queue" : "no longer paused")"
  }

  /// Returns as soon as the scheduler comes to it.
  func answer() {}

  private func known(_ id: RunID) async throws -> RunSummary {
    guard let run = try await store.run(id) else {
      throw DaemonError(.notFound, "there is no run \(id): penstock runs shows them")
    }
    return run
  }

  private func unfinished(_ id: RunID) async throws -> RunSummary {
    let run = try await known(id)
    guard !run.result.isFinal else {
      throw DaemonError(.refused, "run \(id) has ended already: \(run.result.rawValue)")
    }
    return run
  }
}
