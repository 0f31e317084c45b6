internal import Basics
internal import Yams

/// A YAML file that is read into values by hand, so that each mistake is reported with its line and column.
///
/// Reading never stops at the first mistake: a value that is wrong is reported and read as nil, and
/// ``read(_:file:_:)`` throws all of them at the end.
package enum YAMLFile {
  /// Reads `text` with `body`.
  ///
  /// - Parameters:
  ///   - file: The name that problems carry.
  ///   - body: Makes a value of the file's root. Its result counts only when it reported no problem; it returns nil
  ///     only after it reported one.
  /// - Throws: `InvalidFile` with every problem found.
  package static func read<Value>(
    _ text: String, file: String, _ body: (YAMLValue) -> Value?
  ) throws(InvalidFile) -> Value {
    let sink = ProblemSink(file: file)
    let root: Yams.Node
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw InvalidFile([Problem(file: file, position: nil, message: "the file is empty")])
      }
      root = node
    } catch let error as InvalidFile {
      throw error
    } catch {
      throw InvalidFile([problem(of: error, file: file)])
    }
    let value = body(YAMLValue(node: root, path: [], sink: sink))
    guard sink.problems.isEmpty, let value else {
      let problems =
        sink.problems.isEmpty ? [Problem(file: file, position: nil, message: "cannot be read")] : sink.problems
      throw InvalidFile(problems.sorted { ($0.position ?? .start) < ($1.position ?? .start) })
    }
    return value
  }

  private static func problem(of error: any Error, file: String) -> Problem {
    guard let error = error as? YamlError else {
      return Problem(file: file, position: nil, message: "is not YAML: \(error)")
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Problem(file: file, position: SourcePosition(mark), message: "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.map(\.description).joined(separator: ", ")
      return Problem(file: file, position: SourcePosition(context.mark), message: "the key \(keys) is there twice")
    default:
      return Problem(file: file, position: nil, message: "is not YAML: \(error)")
    }
  }
}

extension SourcePosition {
  fileprivate static let start = SourcePosition(line: 1, column: 1)

  init(_ mark: Yams.Mark) {
    self.init(line: mark.line, column: mark.column)
  }
}

/// Where the values of one file report their problems.
final class ProblemSink {
  let file: String
  private(set) var problems: [Problem] = []

  init(file: String) {
    self.file = file
  }

  func report(_ message: String, at position: SourcePosition?) {
    problems.append(Problem(file: file, position: position, message: message))
  }
}
