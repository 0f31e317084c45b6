package import Basics

/// One thing that a rule says about one place of a migration.
package struct Finding: Hashable, Sendable {
  package var rule: RuleName
  /// Never `.off`.
  package var severity: Severity
  package var evidence: Evidence
  package var certainty: Certainty
  /// The file's path as it was given to the linter: relative to the repository's root.
  package var file: String
  package var start: SourcePosition
  /// Just past the last character; equal to `start` when the finding is about a point or the whole file.
  package var end: SourcePosition
  /// The database object that it is about, `schema.table` or `schema.table.column`, where there is one.
  package var object: String?
  /// What is so: one sentence without a full stop, that names the object.
  package var message: String
  /// Why that matters: a sentence or two.
  package var why: String
  package var fix: Fix?

  /// The way out of a finding.
  package struct Fix: Hashable, Sendable {
    /// SQL or a sentence, for a person.
    package var text: String
    /// The same as edits that a program can make; empty when there is a choice that only a person can make.
    package var edits: [Edit]
    /// Migrations that are written beside the edited one, in this order, each under a fresh version after it.
    package var newFiles: [NewFile]
    /// What the file is to be called instead.
    package var rename: FileName?

    package init(text: String, edits: [Edit] = [], newFiles: [NewFile] = [], rename: FileName? = nil) {
      self.text = text
      self.edits = edits
      self.newFiles = newFiles
      self.rename = rename
    }

    /// Whether a program can do it.
    package var isMechanical: Bool { !edits.isEmpty || !newFiles.isEmpty || rename != nil }
  }

  /// A migration that a fix writes.
  package struct NewFile: Hashable, Sendable, Codable {
    /// What follows the version, without `.sql`.
    package var name: String
    package var text: String
  }

  /// The name of a migration's file, in parts.
  package struct FileName: Hashable, Sendable, Codable {
    /// Nil for a fresh one.
    package var version: String?
    /// What follows the version, without `.sql`.
    package var name: String
  }

  /// The replacement of a stretch of a file.
  package struct Edit: Hashable, Sendable {
    package var file: String
    package var start: SourcePosition
    /// Just past the last character replaced; equal to `start` for an insertion.
    package var end: SourcePosition
    package var newText: String
  }
}

/// What a rule looked at, from the catalogue of rules.
package enum Evidence: String, Codable, Sendable {
  /// The file's name or bytes.
  case file
  /// The tree that PostgreSQL's parser makes of the file.
  case ast
  /// The catalog of a database that the migrations were applied to.
  case catalog
  /// That catalog before and after.
  case difference
  /// What the statement did on the shadow.
  case trace
  /// The planner's answer on the shadow.
  case explain
  /// The target's own statistics.
  case statistics
}

/// How sure a finding is.
package enum Certainty: String, Codable, Sendable {
  /// Concluded from the files alone.
  case predicted
  /// Seen on a server.
  case measured
}

/// A rule's name, as users write it: `fk-missing-index`.
package struct RuleName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
  package init(stringLiteral value: String) { rawValue = value }
}

extension RuleName: Comparable, CustomStringConvertible {
  package static func < (a: RuleName, b: RuleName) -> Bool { a.rawValue < b.rawValue }
  package var description: String { rawValue }
}

extension RuleName: Codable {
  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension Finding {
  /// Whether it is about the file as a whole, its name for one: there is no line of source to show then.
  var isAboutFile: Bool { evidence == .file && start == end && start == SourcePosition(line: 1, column: 1) }
}

extension Finding: Comparable {
  /// By file, place, rule and message: the one order in which findings are ever shown.
  package static func < (a: Finding, b: Finding) -> Bool {
    (a.file, a.start, a.end, a.rule, a.message) < (b.file, b.start, b.end, b.rule, b.message)
  }
}
