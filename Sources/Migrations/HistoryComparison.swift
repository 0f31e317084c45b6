package import Basics
internal import SQL

/// How a migration stands between the repository and a database.
package enum MigrationStatus: String, Hashable, Sendable, Codable, CaseIterable {
  /// In both, and the same, white space and comments apart.
  case applied
  /// Not in the database, and newer than all that is.
  case pending
  /// In the database, without a file.
  case missing
  /// In both, and not the same.
  case edited
  /// Not in the database, and older than the newest that is.
  case outOfOrder
  /// A second file of a version, which can therefore never be applied.
  case duplicate
}

/// What a folder of migrations and the history of a database say of each other.
package struct HistoryComparison: Sendable {
  package struct Entry: Sendable {
    package let version: String
    package let name: String?
    package let status: MigrationStatus
    /// Nil when `status` is `missing`.
    package let migration: Migration?
    /// Nil when the database has not applied the version.
    package let history: HistoryEntry?
    /// For an edited migration, what the file has lost and won since it was applied, statement by statement. Empty when
    /// the history does not keep the statements.
    package let edits: [StatementEdit]
    /// Whether an applied migration's file has changed in white space or comments.
    package let isReformatted: Bool
  }

  /// One entry a file, and one a version of the history that has none; in the set's order.
  package let entries: [Entry]

  /// What is to be applied, in order: pending and out of order.
  package var pending: [Migration] {
    entries.filter { $0.status == .pending || $0.status == .outOfOrder }.compactMap(\.migration)
  }

  /// What the database has applied and the set does not have, or not so any more.
  package var divergent: [Entry] {
    entries.filter { $0.status == .missing || $0.status == .edited }
  }

  package func entries(_ status: MigrationStatus) -> [Entry] {
    entries.filter { $0.status == status }
  }

  /// - Parameters:
  ///   - history: In any order.
  ///   - checksums: Of the files as they were applied, by version, where that is known: `PenstockTables.checksums`. A
  ///     file that still has its checksum need not be parsed.
  package init(_ set: MigrationSet, _ history: [HistoryEntry], checksums: [String: Digest] = [:]) {
    let order = set.order
    let applied = Dictionary(history.map { ($0.version, $0) }) { first, _ in first }
    let newest = applied.keys.max(by: order.precedes)
    let chosen = Self.chosenFiles(of: set, applied: applied, checksums: checksums)

    var entries = set.migrations.map { migration -> Entry in
      let version = migration.version
      guard chosen[version] == migration else {
        return Entry(migration, .duplicate, history: applied[version])
      }
      guard let entry = applied[version] else {
        let isLate = newest.map { order.precedes(version, $0) } ?? false
        return Entry(migration, isLate ? .outOfOrder : .pending, history: nil)
      }
      let change = StatementEdit.Change(of: migration, since: entry, checksum: checksums[version])
      return Entry(
        migration, change.isEdit ? .edited : .applied, history: entry, edits: change.edits,
        isReformatted: change == .formatting)
    }
    entries += applied.values.filter { chosen[$0.version] == nil }.map(Entry.init(missing:))
    // Ties are two files of one version: the set has them in order, and `sorted` is stable.
    self.entries = entries.sorted { order.precedes($0.version, $1.version) }
  }

  /// For each version the one file that counts: that which was applied where the history tells, else the first.
  private static func chosenFiles(
    of set: MigrationSet, applied: [String: HistoryEntry], checksums: [String: Digest]
  ) -> [String: Migration] {
    Dictionary(grouping: set.migrations, by: \.version).compactMapValues { files in
      guard files.count > 1, let version = files.first?.version else { return files.first }
      return files.first { $0.checksum == checksums[version] }
        ?? files.first { $0.name == applied[version]?.name } ?? files.first
    }
  }
}

extension HistoryComparison.Entry {
  fileprivate init(
    _ migration: Migration, _ status: MigrationStatus, history: HistoryEntry?, edits: [StatementEdit] = [],
    isReformatted: Bool = false
  ) {
    self.init(
      version: migration.version, name: migration.name, status: status, migration: migration, history: history,
      edits: edits, isReformatted: isReformatted)
  }

  fileprivate init(missing entry: HistoryEntry) {
    self.init(
      version: entry.version, name: entry.name, status: .missing, migration: nil, history: entry, edits: [],
      isReformatted: false)
  }
}
