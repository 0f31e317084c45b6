import Configuration
import Foundation
import Pipeline
import Testing

@Suite("Pipeline files")
struct PipelineFileTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func shipped(_ name: String) throws -> String {
    try String(contentsOf: Self.repository.appending(path: "pipelines/\(name)"), encoding: .utf8)
  }

  private func problems(of text: String) -> [String] {
    do {
      _ = try PipelineFile(text, path: "p.yaml")
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test("the shipped pipelines are read", arguments: ["staging", "production"])
  func shippedPipelines(name: String) throws {
    let pipeline = try PipelineFile(try shipped("\(name).yaml"), path: "pipelines/\(name).yaml")

    #expect(pipeline.name == name)
    #expect(pipeline.environment == name)
    #expect(pipeline.stageNames.last == "promote")
  }

  @Test("every mistake is reported at once, with its place and the nearest right spelling")
  func mistakes() {
    let text = """
      name: staging
      on: { push: { branchs: [staging] } }
      environment: staging
      concurency: queue
      timeout: 15 minutes
      stages:
        - validate: { fail-on: eror, rules: { require-comments: off } }
        - rset
        - promote: { lock-timeout: 3 }
      """

    let found = problems(of: text)

    #expect(found.contains { $0.hasPrefix("p.yaml:2:15: unknown key branchs (did you mean branches?)") }, "\(found)")
    #expect(
      found.contains { $0.hasPrefix("p.yaml:4:1: unknown key concurency (did you mean concurrency?)") }, "\(found)")
    #expect(found.contains { $0.hasPrefix("p.yaml:5:10: timeout must be a duration") }, "\(found)")
    #expect(
      found.contains { $0.hasPrefix("p.yaml:7:28: validate.fail-on is eror") || $0.contains("did you mean error?") },
      "\(found)")
    #expect(found.contains { $0.contains("require-comments") && $0.hasPrefix("p.yaml:7:") }, "\(found)")
    #expect(found.contains { $0.hasPrefix("p.yaml:8:5: rset is no stage (did you mean reset?)") }, "\(found)")
    #expect(found.contains { $0.hasPrefix("p.yaml:9:30: ") }, "\(found)")
  }

  @Test("what this version does not act on is refused, not read over", arguments: ["locks"])
  func reserved(key: String) {
    let text = """
      name: x
      on: { push: { branches: [x] } }
      environment: x
      stages: [reset, apply, { diff: { \(key): { fail-on: [] } } }]
      """

    let found = problems(of: text)

    #expect(found.contains { $0.contains("\(key) is not supported by this version") }, "\(found)")
  }

  @Test("a condition on access that there is not is reported with the nearest one")
  func accessCondition() {
    let text = """
      name: x
      on: { push: { branches: [x] } }
      environment: x
      stages: [reset, apply, { diff: { access: { fail-on: [anon-gain], role: [web] } } }]
      """

    let found = problems(of: text)

    #expect(found.contains { $0.contains("did you mean anon-gains?") }, "\(found)")
    #expect(found.contains { $0.contains("unknown key role (did you mean roles?)") }, "\(found)")
  }

  @Test("stages stand in the one order that makes sense")
  func order() {
    let text = """
      name: x
      on: { push: { branches: [x] } }
      environment: x
      stages: [reset, validate, apply, promote]
      """

    let found = problems(of: text)

    #expect(found.contains { $0.contains("the stage validate must come before reset") }, "\(found)")
    #expect(found.contains { $0.contains("the stage promote needs the stage diff before it") }, "\(found)")
  }

  @Test("the JSON Schema names the stages and options that the reader knows, and no others")
  func schema() throws {
    let json = try JSONSerialization.jsonObject(with: Data(try shipped("pipeline.schema.json").utf8))
    func descend(_ value: Any?, _ keys: String...) -> Any? {
      keys.reduce(value) { ($0 as? [String: Any])?[$1] }
    }
    let choices = descend(json, "properties", "stages", "items", "oneOf") as? [Any]
    let names = descend(choices?.first, "enum") as? [String]
    let options = descend(choices?.last, "properties") as? [String: Any]

    #expect(names == Stages.names)
    #expect(Set(options?.keys.map { $0 } ?? []) == Set(Stages.names))
    for stage in Stages.all {
      let keys = descend(options, stage.name, "properties") as? [String: Any] ?? [:]
      #expect(Set(keys.keys) == Set(stage.optionKeys), "\(stage.name)")
    }
  }
}
