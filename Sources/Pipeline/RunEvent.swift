/// What happens while a run is under way, for those who watch it.
package enum RunEvent: Codable, Sendable {
  case started(RunRequest, pipeline: String, environment: String)
  case stageStarted(RunID, stage: String)
  case stageFinished(RunID, StageRecord)
  case waiting(RunID, approvals: Int)
  /// Always the last event of a run.
  case finished(RunRecord)

  package var run: RunID {
    switch self {
    case .started(let request, _, _): request.id
    case .stageStarted(let run, _), .stageFinished(let run, _), .waiting(let run, _): run
    case .finished(let record): record.request.id
    }
  }
}

extension RunRecord {
  /// What happened in a run that has ended, for those who come too late to watch it.
  package var events: [RunEvent] {
    var events: [RunEvent] = []
    if let pipeline, let environment { events.append(.started(request, pipeline: pipeline, environment: environment)) }
    return events + stages.map { .stageFinished(request.id, $0) } + [.finished(self)]
  }
}
