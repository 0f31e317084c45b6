package import Basics

/// Something wrong in a file that a user wrote: where it is and what would be right.
package struct Problem: Hashable, Sendable {
  /// As the user named the file.
  package let file: String
  /// Nil when the whole file is meant.
  package let position: SourcePosition?
  package let message: String

  package init(file: String, position: SourcePosition?, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }
}

extension Problem: CustomStringConvertible {
  /// `pipelines/staging.yaml:3:5: unknown key brnaches (did you mean branches?)`
  package var description: String {
    guard let position else { return "\(file): \(message)" }
    return "\(file):\(position): \(message)"
  }
}

/// Every problem of one file, so that a user mends them in one go.
package struct InvalidFile: Error, Sendable, CustomStringConvertible {
  /// In the order of the file; never empty.
  package let problems: [Problem]

  package init(_ problems: [Problem]) {
    self.problems = problems
  }

  /// One problem a line.
  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
