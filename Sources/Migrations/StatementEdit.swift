internal import Basics
internal import SQL

/// One statement that a file has lost or won since it was applied.
package enum StatementEdit: Hashable, Sendable {
  case removed(String)
  case added(String)
}

extension StatementEdit {
  /// What has become of a file since it was applied.
  enum Change: Hashable {
    case none
    /// White space or comments.
    case formatting
    case statements([StatementEdit])

    /// - Parameter checksum: Of the file as it was applied, if that is known.
    init(of migration: Migration, since entry: HistoryEntry, checksum: Digest?) {
      if checksum == migration.checksum {
        self = .none
        return
      }
      // A history without statements, or from before the column was there, is no evidence of anything.
      guard let applied = entry.statements, !applied.isEmpty else {
        self = checksum == nil ? .none : .statements([])
        return
      }
      let now = NormalForm(migration.bytes)
      let then = NormalForm(Array((applied.joined(separator: ";\n") + "\n").utf8))
      if now.normalized != then.normalized {
        self = .statements(then.edits(to: now))
      } else {
        self = checksum == nil && now.historyStatements == applied ? .none : .formatting
      }
    }

    var isEdit: Bool {
      if case .statements = self { true } else { false }
    }

    var edits: [StatementEdit] {
      if case .statements(let edits) = self { edits } else { [] }
    }
  }
}
