package import Basics
package import Pipeline

/// A run as a list shows it: all but what its stages found.
package struct RunSummary: Codable, Hashable, Sendable {
  package let request: RunRequest
  /// The environment's name, as the daemon's configuration had it when the run was queued.
  package let environment: String
  package let result: RunResult
  /// Whether the run has begun to change the target, and so cannot be superseded.
  package let isPromoting: Bool
  /// Nil while the run is queued.
  package let startedAt: Timestamp?
  package let finishedAt: Timestamp?

  package var id: RunID { request.id }
}
