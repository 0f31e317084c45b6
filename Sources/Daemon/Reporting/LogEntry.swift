internal import Basics
internal import Git
package import Pipeline

/// Something that happened, as the log keeps it.
package struct LogEntry: Codable, Hashable, Sendable {
  package enum Event: String, Codable, Sendable {
    case daemonStarted = "daemon-started"
    case daemonStopped = "daemon-stopped"
    case queued
    case retried
    case finished
    case approved
    case cancelRequested = "cancel-requested"
    case branchDeleted = "branch-deleted"
    case paused
    case resumed
    /// A line that a crash or a full disk left incomplete was taken away: it was never acknowledged.
    case tailRemoved = "tail-removed"
  }

  /// Unlike that of any other entry, and later in time for a later one.
  package let id: String
  /// ISO 8601 in UTC, to the second.
  package let time: String
  package let event: Event
  package var repository: String?
  package var ref: String?
  package var commit: String?
  package var previous: String?
  package var run: String?
  package var environment: String?
  package var actor: String?
  package var result: RunResult?
  package var milliseconds: Int64?
  /// The versions that the run brought to the target.
  package var promoted: [String]?
  package var evidence: RunEvidence?
  package var failure: RunFailure?
  package var message: String?

  package init(_ event: Event) {
    self.event = event
    id = RunID().rawValue
    time = Timestamp.now.description
  }

  package init(_ event: Event, _ request: RunRequest, environment: String?) {
    self.init(event)
    repository = request.repository
    ref = request.ref.rawValue
    commit = request.commit.hex
    previous = request.previous?.hex
    run = request.id.rawValue
    actor = request.actor
    self.environment = environment
  }

  /// The end of a run.
  package init(finished record: RunRecord) {
    self.init(.finished, record.request, environment: record.environment)
    result = record.result
    milliseconds = record.duration.map { Int64($0.milliseconds) }
    promoted = record.migrations.filter(\.promoted).map(\.version)
    evidence = record.evidence
    failure = record.failure
  }
}
