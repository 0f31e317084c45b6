internal import Basics
package import Git
package import Shadow

/// Runs a pipeline on a commit.
package struct Runner: Sendable {
  private let repository: Repository
  private let shadows: ShadowServers
  private let host: any RunHost
  private let memory: RunMemory

  /// - Parameters:
  ///   - shadows: Of them, a run takes the one for its target's version.
  ///   - memory: The same for all runs of a process.
  package init(repository: Repository, shadows: ShadowServers, host: any RunHost, memory: RunMemory = RunMemory()) {
    self.repository = repository
    self.shadows = shadows
    self.host = host
    self.memory = memory
  }

  /// Runs every stage in order until one fails.
  ///
  /// Whatever goes wrong is a value in the record: this neither throws nor leaves anything half done. Cancelling the
  /// task ends the run as `cancelled`; a promotion under way is rolled back.
  package func run(
    _ request: RunRequest, pipeline: PipelineFile, in environment: Environment
  ) async -> RunRecord {
    var record = RunRecord(request: request)
    record.pipeline = pipeline.name
    record.pipelineFile = pipeline.path
    record.environment = environment.name
    await host.report(.started(request, pipeline: pipeline.name, environment: environment.name))

    do {
      try Self.check(pipeline, against: environment)
      if let skipped = try await skips(request, pipeline) {
        record.result = .skipped
        record.stages = [StageRecord(stage: "read", outcome: .passed, summary: [skipped])]
      } else {
        record = await runStages(of: pipeline, in: environment, record: record)
      }
    } catch {
      record.end(with: error)
    }
    record.finishedAt = .now
    await host.report(.finished(record))
    return record
  }

  /// The record of a run that cannot begin: its pipeline cannot be read, its target is not there.
  package static func refusal(of request: RunRequest, environment: String?, because failure: RunFailure) -> RunRecord {
    var record = RunRecord(request: request)
    record.environment = environment
    record.end(with: failure)
    record.finishedAt = .now
    return record
  }

  // MARK: Stages

  private func runStages(of pipeline: PipelineFile, in environment: Environment, record: RunRecord) async -> RunRecord {
    var record = record
    var bench: Workbench
    do {
      bench = try await Intake(repository: repository, shadows: shadows, host: host, memory: memory)
        .workbench(for: record, pipeline: pipeline, environment: environment)
    } catch {
      record.stages = pipeline.stageNames.map { StageRecord(stage: $0, outcome: .skipped) }
      record.end(with: error)
      return record
    }
    await runStages(pipeline.stages, on: &bench, within: TimeBudget(pipeline.timeout))
    await giveBack(&bench)
    return bench.record
  }

  private func runStages(_ stages: [any Stage], on bench: inout Workbench, within budget: TimeBudget) async {
    var budget = budget
    var remaining = stages[...]
    var hasRepeated = false
    while let stage = remaining.popFirst() {
      let name = type(of: stage).name
      await host.report(.stageStarted(bench.request.id, stage: name))
      let clock = ContinuousClock()
      let start = clock.now
      var attempt: Attempt
      if stage is GateStage {  // Nobody's time is limited by how long people take to approve.
        attempt = await Self.attempt(stage, on: bench)
      } else {
        let (value, overrun) = await budget.spend { [bench] in await Self.attempt(stage, on: bench) }
        attempt = value
        if let overrun, case .failure = attempt.summary { attempt.summary = .failure(overrun) }
      }
      bench = attempt.bench
      let time = clock.now - start
      var record = StageRecord(stage: name, outcome: .passed, milliseconds: time.milliseconds)
      switch attempt.summary {
      case .success(let lines):
        record.summary = lines
      case .failure(let error) where error is StaleEvidence && !hasRepeated:
        hasRepeated = true
        await giveBack(&bench)
        bench.isHistoryStale = true
        record.summary = ["the target has changed since it was tested: testing again"]
        remaining = stages.drop { type(of: $0).name != ResetStage.name }
      case .failure(let error):
        bench.record.end(with: error, stage: name)
        record.outcome = bench.record.result == .failed ? .failed : .interrupted
        remaining = []
      }
      bench.record.stages.append(record)
      await host.report(.stageFinished(bench.request.id, record))
    }
    guard bench.record.result.isFinal else {
      bench.record.result = .passed
      return
    }
    let reached = Set(bench.record.stages.map(\.stage))
    bench.record.stages += stages.map { type(of: $0).name }.filter { !reached.contains($0) }
      .map { StageRecord(stage: $0, outcome: .skipped) }
  }

  /// What became of one stage.
  private struct Attempt: Sendable {
    var bench: Workbench
    var summary: Result<[String], any Error>
  }

  /// One stage, on a copy of the bench, because the work that a time limit can end must not share it.
  private static func attempt(_ stage: any Stage, on bench: Workbench) async -> Attempt {
    var bench = bench
    do {
      try Task.checkCancellation()
      let summary = try await stage.run(on: &bench)
      return Attempt(bench: bench, summary: .success(summary))
    } catch {
      // A statement that was cancelled says so in the words of whoever ran it.
      return Attempt(bench: bench, summary: .failure(Task.isCancelled ? CancellationError() : error))
    }
  }

  /// Gives back the shadow of a run that has ended, or goes back to `reset`. The next run most likely begins at what the
  /// target has now.
  private func giveBack(_ bench: inout Workbench) async {
    guard let database = bench.shadow else { return }
    bench.shadow = nil
    await bench.shadowServer.giveBack(database, for: bench.targetMigrations)
  }

  // MARK: Before the stages

  /// What the environment's owner asks for, a pipeline in the repository cannot leave out.
  private static func check(_ pipeline: PipelineFile, against environment: Environment) throws(RunFailure) {
    let missing = environment.requiredStages.filter { !pipeline.stageNames.contains($0) }
    guard missing.isEmpty else {
      throw RunFailure(
        "the environment \(environment.name) asks for the stages \(missing.joined(separator: ", ")), which the pipeline lacks",
        path: pipeline.path, advice: "Add them to stages.")
    }
    guard environment.approvals == 0 || pipeline.stageNames.contains(GateStage.name) else {
      throw RunFailure(
        "the environment \(environment.name) asks for \(environment.approvals) approvals, and the pipeline has no gate",
        path: pipeline.path, advice: "Add the stage gate before promote.")
    }
  }

  /// Why the pipeline does not care for this push, or nil when it does.
  private func skips(_ request: RunRequest, _ pipeline: PipelineFile) async throws -> String? {
    guard pipeline.trigger.paths != nil, let touched = try await request.changedPaths(in: repository) else {
      return nil
    }
    return pipeline.trigger.matches(paths: touched) ? nil : "the push touches none of the pipeline's paths"
  }
}

extension RunRecord {
  /// Ends the run with what went wrong.
  mutating func end(with error: any Error, stage: String? = nil) {
    if error is CancellationError {
      result = .cancelled
      return
    }
    if error is SupersededRun {
      result = .superseded
      return
    }
    result = .failed
    var failure = RunFailure(describing: error)
    failure.stage = stage
    self.failure = failure
  }
}
