/// The full name of a reference: `refs/heads/main`.
///
/// A name is data that a pusher chose. It may hold `$(…)`, `;`, quotes and `<script>`: pass it as an argument or a
/// bound parameter, and escape it before a terminal or a browser sees it.
package struct RefName: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  /// - Parameter rawValue: Starts with `refs/`, or is `HEAD`. libgit2 refuses what `git check-ref-format` refuses.
  package init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The branch `refs/heads/BRANCH`.
  package init(branch: String) {
    rawValue = "refs/heads/\(branch)"
  }

  /// The branch's name without `refs/heads/`; nil when this is no branch.
  package var branch: String? {
    rawValue.hasPrefix("refs/heads/") ? String(rawValue.dropFirst("refs/heads/".count)) : nil
  }
}

extension RefName: CustomStringConvertible {
  package var description: String { rawValue }
}

extension RefName: Comparable {
  package static func < (a: RefName, b: RefName) -> Bool { a.rawValue < b.rawValue }
}

/// As a plain string, which `RawRepresentable` gives for free.
extension RefName: Codable {}

/// A reference and what it points at.
package struct Reference: Hashable, Sendable, Codable {
  package let name: RefName
  /// A commit, or for an annotated tag the tag object.
  package let target: ObjectID

  package init(name: RefName, target: ObjectID) {
    self.name = name
    self.target = target
  }
}

/// The reference that holds a set of notes, under `refs/notes/`.
package struct NotesRef: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  /// The notes that people read: `git log --notes=penstock`.
  package static let penstock = NotesRef(rawValue: "refs/notes/penstock")
  /// The whole record of each run, one JSON object a line.
  package static let records = NotesRef(rawValue: "refs/notes/penstock-records")

  package init(rawValue: String) {
    self.rawValue = rawValue
  }
}

extension NotesRef {
  var reference: RefName { RefName(rawValue: rawValue) }
}

extension NotesRef: CustomStringConvertible {
  package var description: String { rawValue }
}
