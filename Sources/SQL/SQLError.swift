package import Basics

/// Why a file is no script of SQL statements.
package struct SQLError: Error, Hashable, Sendable {
  /// What is wrong with the file.
  package struct Code: Hashable, Sendable {
    private enum Value: Hashable, Sendable {
      case notText, unterminated, copyData, metaCommand, template, wayBack
    }

    private let value: Value

    /// A NUL byte, or bytes that are not UTF-8.
    package static let notText = Code(value: .notText)
    /// A string, a quoted name, a comment or a block of data that never ends.
    package static let unterminated = Code(value: .unterminated)
    /// A `COPY ... FROM stdin` whose data does not begin where it must.
    package static let copyData = Code(value: .copyData)
    /// A command of psql, which a server does not know.
    package static let metaCommand = Code(value: .metaCommand)
    /// A placeholder of a template language.
    package static let template = Code(value: .template)
    /// Statements that undo those before them, for a program that runs one half of the file.
    package static let wayBack = Code(value: .wayBack)
  }

  package let code: Code
  /// What is wrong and what to do about it, without the place.
  package let message: String
  /// Where: for something unterminated, where it began.
  package let position: SourcePosition
}

extension SQLError: CustomStringConvertible {
  package var description: String { "\(position): \(message)" }
}
