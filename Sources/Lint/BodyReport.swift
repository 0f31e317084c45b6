package import Schema

/// What plpgsql_check says of functions in PL/pgSQL, on a shadow that has the pending migrations.
///
/// Related documentation: https://github.com/okbob/plpgsql_check
package struct BodyReport: Hashable, Sendable {
  package var problems: [BodyProblem] = []
  /// Why nobody has looked, where there was something to look at.
  package var obstacle: Obstacle?

  package init(problems: [BodyProblem] = [], obstacle: Obstacle? = nil) {
    self.problems = problems
    self.obstacle = obstacle
  }

  package struct Obstacle: Hashable, Sendable {
    /// A function that would have been looked at.
    package let function: QualifiedName
    /// What is so: a clause.
    package let reason: String
    /// What to do about it: a sentence.
    package let advice: String

    package init(function: QualifiedName, reason: String, advice: String) {
      self.function = function
      self.reason = reason
      self.advice = advice
    }
  }
}

/// One thing that is wrong with the body of a function.
package struct BodyProblem: Hashable, Sendable {
  package enum Level: String, Hashable, Sendable {
    case error, warning, performance, security
    case extra = "warning extra"
  }

  package let function: QualifiedName
  /// The types of its arguments: `integer, text`.
  package let arguments: String
  package let level: Level
  package let message: String
  package var detail: String?
  package var hint: String?
  package var sqlState: String?
  /// Of the body, from 1: the line with the opening quote. Nil when it is about the function as a whole.
  package var line: Int?
  /// The word in that statement of the body which it is about.
  package var word: String?
  /// The trigger and the table for which the function was looked at.
  package var trigger: Trigger?
  /// What broke it, where it is no pending file that makes the function.
  package var cause: Cause?
  /// The extension that is a stand-in on the shadow and may be to blame.
  package var standIn: String?

  package init(function: QualifiedName, arguments: String, level: Level, message: String) {
    self.function = function
    self.arguments = arguments
    self.level = level
    self.message = message
  }

  package struct Trigger: Hashable, Sendable {
    package let name: String
    package let table: QualifiedName

    package init(name: String, table: QualifiedName) {
      self.name = name
      self.table = table
    }
  }

  /// A statement of a file.
  package struct Cause: Hashable, Sendable {
    package let path: String
    /// From 0.
    package let statement: Int

    package init(path: String, statement: Int) {
      self.path = path
      self.statement = statement
    }
  }
}
