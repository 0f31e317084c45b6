package import Basics
package import Configuration

/// A pipeline: when it runs, for which environment, and its stages in order.
///
/// The format is described in docs/pipelines.md and by `pipelines/pipeline.schema.json`.
package struct PipelineFile: Sendable {
  /// What becomes of a run when a newer push to its branch arrives.
  package enum Concurrency: String, CaseIterable, Sendable { case supersede, queue }

  /// The file's path in the repository.
  package let path: String
  package let name: String
  package let trigger: Trigger
  /// The name of an environment in the daemon's configuration.
  package let environment: String
  package let concurrency: Concurrency
  /// How long a run may take, without the time that it waits for approvals.
  package let timeout: Duration
  /// Never empty.
  package private(set) var stages: [any Stage]

  /// Reads a pipeline file.
  /// - Throws: `InvalidFile` with every problem, each with line and column.
  package init(_ text: String, path: String) throws(InvalidFile) {
    self = try YAMLFile.read(text, file: path) { PipelineFile($0, path: path) }
  }

  private init?(_ root: YAMLValue, path: String) {
    let keys = ["name", "on", "environment", "concurrency", "timeout", "stages"]
    guard let map = root.mapping(keys) else { return nil }
    let name = map.required("name")?.string
    let trigger = map.required("on").map(Trigger.init)
    let environment = map.required("environment")?.string
    let stages = map.required("stages")?.list.map { $0.compactMap(Stages.stage) }
    if stages?.isEmpty == true { map["stages"]?.report("a pipeline needs at least one stage") }
    if let stages { Stages.reportOrder(of: stages.map { type(of: $0).name }, at: map["stages"]) }
    let concurrency = map["concurrency"].map { $0.choice(of: Concurrency.self) } ?? .supersede
    let timeout = map["timeout"].map(\.duration) ?? .seconds(15 * 60)
    guard let name, let trigger, let environment, let stages, let concurrency, let timeout else { return nil }
    self.path = path
    self.name = name
    self.trigger = trigger
    self.environment = environment
    self.concurrency = concurrency
    self.timeout = timeout
    self.stages = stages
  }

  /// The names of the stages, in order.
  package var stageNames: [String] { stages.map { type(of: $0).name } }

  /// The same pipeline without some of its stages.
  package func leavingOut(_ names: [String]) -> PipelineFile {
    var pipeline = self
    pipeline.stages.removeAll { names.contains(type(of: $0).name) }
    return pipeline
  }
}

/// Which pushes a pipeline is for.
package struct Trigger: Sendable {
  /// Patterns of branch names without `refs/heads/`; empty for none.
  package let branches: [Glob]
  /// Patterns of paths, one of which the push must touch; nil when any push will do.
  package let paths: [Glob]?

  init(_ value: YAMLValue) {
    let push = value.mapping(["push"])?.required("push")?.mapping(["branches", "paths"])
    branches = push?.required("branches")?.globs ?? []
    paths = push?["paths"]?.globs
  }

  /// Whether a push to `branch` that touched `paths` is meant. Nil paths: nobody knows what the push touched.
  package func matches(branch: String) -> Bool {
    branches.contains { $0.matches(branch) }
  }

  /// Whether one of the paths that a push touched is meant.
  package func matches(paths touched: [String]) -> Bool {
    guard let paths else { return true }
    return touched.contains { path in paths.contains { $0.matches(path) } }
  }
}
