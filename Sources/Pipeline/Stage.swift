internal import Basics
package import Configuration

/// One step of a pipeline. A stage reads what earlier stages left on the workbench and leaves its own results there;
/// stages never call each other.
package protocol Stage: Sendable {
  /// The word for it in a pipeline file.
  static var name: String { get }

  /// The keys of its options, for the file's reader.
  static var optionKeys: [String] { get }

  /// Keys that the format has and this version does not: they are refused.
  static var reservedKeys: [String] { get }

  /// Reads the options; nil when the file has only the stage's name. What is wrong is reported on `options`.
  init(options: YAMLMapping?)

  /// Does the work.
  /// - Returns: What there is to say, a line each.
  /// - Throws: `RunFailure` where it knows what to do next; whatever else it throws is reported as it is.
  ///   `CancellationError` ends the run as cancelled.
  func run(on bench: inout Workbench) async throws -> [String]
}

extension Stage {
  package static var reservedKeys: [String] { [] }
}

/// The stages that a pipeline file can name.
package enum Stages {
  /// In the only order in which they make sense.
  package static let all: [any Stage.Type] = [
    ValidateStage.self, ResetStage.self, ApplyStage.self, TestStage.self, DiffStage.self, GateStage.self,
    PromoteStage.self,
  ]

  package static var names: [String] { all.map { $0.name } }

  /// Reads one item of `stages:`: a bare name, or a mapping of one name to its options.
  static func stage(_ item: YAMLValue) -> (any Stage)? {
    if item.isScalar {
      return item.string.flatMap { type(named: $0, at: item) }.map { $0.init(options: nil) }
    }
    guard let entries = item.entries else { return nil }
    guard let (name, options) = entries.first, entries.count == 1 else {
      item.report("a stage is a name, or one name with its options")
      return nil
    }
    guard let type = type(named: name, at: item) else { return nil }
    return options.mapping(type.optionKeys, reserved: type.reservedKeys).map { type.init(options: $0) }
  }

  /// Reports a stage that stands before one it builds on, or is there twice.
  static func reportOrder(of stages: [String], at value: YAMLValue?) {
    let positions = stages.compactMap { names.firstIndex(of: $0) }
    for (earlier, later) in zip(positions, positions.dropFirst()) where later <= earlier {
      let complaint = later == earlier ? "is there twice" : "must come before \(names[earlier])"
      value?.report("the stage \(names[later]) \(complaint); the order is \(names.joined(separator: ", "))")
    }
    for (stage, needed) in [("apply", "reset"), ("test", "apply"), ("diff", "apply"), ("promote", "diff")]
    where stages.contains(stage) && !stages.contains(needed) {
      value?.report("the stage \(stage) needs the stage \(needed) before it")
    }
  }

  private static func type(named name: String, at value: YAMLValue) -> (any Stage.Type)? {
    if let type = all.first(where: { $0.name == name }) { return type }
    value.report(
      "\(name) is no stage\(Spelling.hint(for: name, among: names)); there are \(names.joined(separator: ", "))")
    return nil
  }
}
