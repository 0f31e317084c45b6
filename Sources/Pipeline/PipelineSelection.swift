package import Configuration
package import Git

/// The pipeline files of one commit: read from git's objects, never from a checkout.
package struct PipelineSelection: Sendable {
  /// The folder that pipeline files are in.
  package static let folder = "pipelines"
  /// A pipeline file is a page of text; anything larger is a mistake or worse.
  private static let sizeLimit = 256 << 10

  /// In the order of their paths.
  package let pipelines: [PipelineFile]
  /// What is wrong with the others.
  package let problems: [Problem]

  /// Reads `pipelines/*.yaml` and `*.yml` of a commit; both lists are empty when it has none.
  package init(commit: ObjectID, in repository: Repository) async throws(GitError) {
    var pipelines: [PipelineFile] = []
    var problems: [Problem] = []
    for entry in try await repository.entries(of: commit, under: Self.folder, recursive: false) {
      guard entry.path.hasSuffix(".yaml") || entry.path.hasSuffix(".yml"), entry.isFile else { continue }
      let bytes = try await repository.blob(entry.id, limit: Self.sizeLimit)
      do {
        pipelines.append(try PipelineFile(String(decoding: bytes, as: UTF8.self), path: entry.path))
      } catch {
        problems += error.problems
      }
    }
    self.pipelines = pipelines
    self.problems = problems
  }

  package init(pipelines: [PipelineFile], problems: [Problem] = []) {
    self.pipelines = pipelines
    self.problems = problems
  }

  /// The pipeline for a push to `branch` that may reach `environment`.
  ///
  /// - Throws: `RunFailure` when there is none, or more than one, or one that wants another environment: the branch's
  ///   environment is the daemon's decision, which a file in the repository cannot change.
  package func pipeline(forPushTo branch: String, environment: String) throws(RunFailure) -> PipelineFile {
    let candidates = pipelines.filter { $0.trigger.matches(branch: branch) }
    if candidates.isEmpty, !problems.isEmpty { throw RunFailure(problems) }
    guard let pipeline = candidates.first else {
      throw RunFailure(
        "no pipeline in \(Self.folder)/ is for the branch \(branch)",
        advice: "Run penstock init, commit the files in \(Self.folder)/ and push again.")
    }
    guard candidates.count == 1 else {
      let paths = candidates.map(\.path).joined(separator: " and ")
      throw RunFailure(
        "\(paths) are both for the branch \(branch)", path: candidates[1].path,
        advice: "Let only one pipeline name the branch.")
    }
    guard pipeline.environment == environment else {
      throw RunFailure(
        "the pipeline is for the environment \(pipeline.environment), but pushes to \(branch) may only reach \(environment)",
        path: pipeline.path,
        advice: "Write environment: \(environment), or ask whoever runs the daemon to map the branch otherwise.")
    }
    return pipeline
  }
}
