internal import Git
internal import Lint

/// A run's events as lines for whoever watches: the pusher's terminal, `penstock run`, `penstock attach`.
package enum ProgressText {
  /// Zero or more lines of plain text without line ends.
  package static func lines(for event: RunEvent) -> [String] {
    let lines: [String]
    switch event {
    case .started(let request, let pipeline, let environment):
      lines = ["\(environment): pipeline \(pipeline) on \(request.commit.abbreviated), run \(request.id)"]
    case .stageStarted:
      lines = []
    case .stageFinished(_, let stage):
      lines = stage.outcome == .skipped ? [] : CommitNote.stageLines(stage)
    case .waiting(let run, let approvals):
      lines = [
        "  gate       waits for \(approvals) approval\(approvals == 1 ? "" : "s"): penstock approve \(run)"
      ]
    case .finished(let record):
      lines = closing(of: record)
    }
    return lines.map(PlainText.oneLine)
  }

  private static func closing(of record: RunRecord) -> [String] {
    var lines: [String] = []
    for finding in record.findings {
      lines.append("  \(finding.severity.rawValue)  \(finding.file):\(finding.start)  \(finding.rule)")
      lines.append("    \(finding.message)")
      let fix = finding.fix?.text.split(separator: "\n") ?? []
      lines += fix.enumerated().map { ($0 == 0 ? "    fix: " : "         ") + $1 }
    }
    if let failure = record.failure { lines += CommitNote.failureLines(failure) }
    lines.append(CommitNote.verdict(of: record))
    return lines
  }
}
