/// What a statement did to the database that it was run on, seen there and not concluded from its text.
///
/// Only relations count that were there before the migrations of which the statement is one: nobody waits for what is
/// new, and nothing is in it.
package struct StatementTrace: Hashable, Sendable, Codable {
  /// Of the statement in its file, from 0.
  package let statement: Int
  /// Which of the file's transactions it was part of, from 0; nil for one that ran outside any, whose locks nobody has
  /// seen.
  package let transaction: Int?
  /// How long it took there, where tables may be empty.
  package let milliseconds: Double
  /// The locks that the transaction did not hold before it, the strongest of each relation, the strongest first.
  package var locks: [Lock] = []
  /// The tables, partitions and materialized views that were written anew, with their indexes.
  package var rewritten: [Relation] = []
  /// The tables of which every row was read to see whether a constraint holds.
  package var scanned: [Relation] = []
  /// The tables on which an index was built although they were not rewritten.
  package var indexed: [Relation] = []
  /// What is gone now.
  package var dropped: [Relation] = []
  /// What went with something else, in the server's words: `view public.totals`.
  package var cascades: [String] = []
  /// What code that the statement ran has created or altered, in the server's words; empty where the statement itself
  /// says what it does.
  package var hidden: [String] = []

  package init(statement: Int, transaction: Int?, milliseconds: Double) {
    self.statement = statement
    self.transaction = transaction
    self.milliseconds = milliseconds
  }

  /// A table, a partition, a view, an index, a sequence.
  package struct Relation: Hashable, Sendable, Codable {
    package let schema: String
    package let name: String
    package let kind: Kind

    package init(schema: String, name: String, kind: Kind = .table) {
      self.schema = schema
      self.name = name
      self.kind = kind
    }

    package enum Kind: String, Hashable, Sendable, Codable {
      case table, index, sequence, view
      case materializedView = "materialized view"
      case foreignTable = "foreign table"
    }
  }

  package struct Lock: Hashable, Sendable, Codable {
    package let relation: Relation
    package let mode: LockMode

    package init(relation: Relation, mode: LockMode) {
      self.relation = relation
      self.mode = mode
    }
  }

  /// Whether there is anything to tell.
  package var hasEffect: Bool {
    !(locks.isEmpty && rewritten.isEmpty && scanned.isEmpty && indexed.isEmpty && dropped.isEmpty && cascades.isEmpty
      && hidden.isEmpty)
  }
}

/// The modes of a lock on a table, as PostgreSQL numbers them.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
package enum LockMode: Int, Hashable, Sendable, CaseIterable {
  case accessShare = 1
  case rowShare, rowExclusive, shareUpdateExclusive, share, shareRowExclusive, exclusive, accessExclusive

  /// As SQL says it: `ACCESS EXCLUSIVE`.
  package var sql: String {
    switch self {
    case .accessShare: "ACCESS SHARE"
    case .rowShare: "ROW SHARE"
    case .rowExclusive: "ROW EXCLUSIVE"
    case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
    case .share: "SHARE"
    case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
    case .exclusive: "EXCLUSIVE"
    case .accessExclusive: "ACCESS EXCLUSIVE"
    }
  }

  /// As `pg_locks` says it: `AccessExclusiveLock`.
  package init?(catalog name: String) {
    guard let mode = Self.allCases.first(where: { "\($0.sql.replacing(" ", with: ""))LOCK" == name.uppercased() })
    else {
      return nil
    }
    self = mode
  }

  /// Whether whoever writes to the table waits.
  package var blocksWrites: Bool { self >= .share }

  /// Whether whoever reads the table waits.
  package var blocksReads: Bool { self == .accessExclusive }
}

extension LockMode: Comparable {
  package static func < (a: LockMode, b: LockMode) -> Bool { a.rawValue < b.rawValue }
}

extension LockMode: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let mode = Self.allCases.first(where: { $0.sql == name }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(name) is no lock mode")
    }
    self = mode
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(sql)
  }
}
