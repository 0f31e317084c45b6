package import Basics
package import Git
package import Lint
package import SQL
package import Schema

/// All that is known of one run. The commit note, the log, the JSON output and the lines on the pusher's terminal are
/// views of it; nothing else is reported anywhere.
package struct RunRecord: Codable, Sendable {
  /// The version of this format.
  package var version = 1
  package let request: RunRequest
  /// The name of the pipeline, and its file in the commit.
  package var pipeline: String?
  package var pipelineFile: String?
  package var environment: String?
  /// The commit's tree.
  package var tree: ObjectID?
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  package var result: RunResult
  /// In the order of the pipeline; those after a failure are there as skipped.
  package var stages: [StageRecord] = []
  package var findings: [Finding] = []
  package var difference: Difference?
  /// Who can do more or less after the migrations; nil when nobody can.
  package var access: AccessDifference?
  /// The migrations that the run was to bring to the target, in order.
  package var migrations: [MigrationRecord] = []
  package var evidence = RunEvidence()
  package var failure: RunFailure?

  package init(request: RunRequest, startedAt: Timestamp = .now, result: RunResult = .running) {
    self.request = request
    self.startedAt = startedAt
    self.result = result
  }

  /// From the run's start to its end; nil while it runs.
  package var duration: Duration? { finishedAt?.since(startedAt) }
}

/// How a run ended.
package enum RunResult: String, Codable, CaseIterable, Sendable {
  case queued
  case running
  /// Waits for an approval.
  case waiting
  /// The target has the commit's migrations.
  case promoted
  /// Promoted, but the target is not what the shadow was. Somebody must look.
  case promotedNotVerified = "promoted, not verified"
  /// Every stage passed, and none of them was to promote.
  case passed
  case failed
  /// The pipeline does not care for this push.
  case skipped
  /// A newer push to the same branch took this run's place before it promoted.
  case superseded
  case cancelled

  package var isFinal: Bool {
    switch self {
    case .queued, .running, .waiting: false
    case .promoted, .promotedNotVerified, .passed, .failed, .skipped, .superseded, .cancelled: true
    }
  }

  /// Whether a pusher should be content.
  package var isSuccess: Bool {
    switch self {
    case .promoted, .passed, .skipped: true
    default: false
    }
  }
}

/// What one stage did.
package struct StageRecord: Codable, Hashable, Sendable {
  package enum Outcome: String, Codable, Sendable {
    case passed, failed, skipped
    /// The run was cancelled or superseded meanwhile, or goes back into the queue.
    case interrupted
  }

  package let stage: String
  package var outcome: Outcome
  /// What there is to say, a line each, without the stage's name; may be empty.
  package var summary: [String]
  package var milliseconds: Double?

  package init(stage: String, outcome: Outcome, summary: [String] = [], milliseconds: Double? = nil) {
    self.stage = stage
    self.outcome = outcome
    self.summary = summary
    self.milliseconds = milliseconds
  }
}

/// A migration that a run brought, or was to bring, to the target.
package struct MigrationRecord: Codable, Hashable, Sendable {
  package let version: String
  package let name: String
  package let path: String
  package let checksum: Digest
  package var blob: ObjectID?
  package var statements: Int?
  /// What they did on the shadow; of each that did nothing that others would notice, nothing.
  package var effects: [StatementTrace]?
  /// Whether what undoes it was tried, and made the schema what it was; nil where nothing was found, or looked for.
  package var rollbackProved: Bool?
  /// What undoing it does away with, or does not bring back.
  package var rollbackLoses: [String]?
  package var promoted = false
  /// How long the promotion took.
  package var milliseconds: Double?

  package init(version: String, name: String, path: String, checksum: Digest) {
    self.version = version
    self.name = name
    self.path = path
    self.checksum = checksum
  }
}

/// What binds a promotion to what was tested: nothing else is promoted.
package struct RunEvidence: Codable, Hashable, Sendable {
  /// The end of the hash chain over the migrations of the commit.
  package var chain: Digest?
  /// The target's schema that the shadow run started from.
  package var before: Fingerprint?
  /// The schema after the migrations, as the shadow has it.
  package var after: Fingerprint?
  /// PostgreSQL's version number on the shadow and on the target, such as 150018.
  package var shadowServer: Int?
  package var targetServer: Int?

  package init() {}

  /// What to install when the shadow is not of the target's major version, so that it proves less than it could.
  var versionGap: String? {
    guard let target = targetServer.map({ $0 / 10_000 }), let shadow = shadowServer.map({ $0 / 10_000 }),
      target != shadow
    else { return nil }
    return "the target is PostgreSQL \(target), the shadow \(shadow): install postgresql-\(target)"
  }
}

/// Why a run failed: what happened, where, and what to do next.
package struct RunFailure: Error, Codable, Hashable, Sendable {
  /// The stage that failed; nil when the run did not come to its stages.
  package var stage: String?
  package var message: String
  /// The file in the commit, and the place in it.
  package var path: String?
  package var position: SourcePosition?
  package var sqlState: String?
  /// What to do next.
  package var advice: String?
  /// Whether to look for the cause in a system that could not be reached, and not in the commit.
  package var isUnreachable = false

  package init(
    _ message: String, path: String? = nil, position: SourcePosition? = nil, sqlState: String? = nil,
    advice: String? = nil, isUnreachable: Bool = false
  ) {
    self.message = message
    self.path = path
    self.position = position
    self.sqlState = sqlState
    self.advice = advice
    self.isUnreachable = isUnreachable
  }

  /// `supabase/migrations/x.sql:3:8`, as far as it is known.
  package var location: String? {
    guard let path else { return nil }
    return position.map { "\(path):\($0)" } ?? path
  }
}
