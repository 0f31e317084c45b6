internal import SQL
package import Schema

/// What a target says of itself, as far as it matters to the pending files.
package struct TargetStatistics: Hashable, Sendable {
  package var tables: [QualifiedName: Table] = [:]
  /// By the extension's name.
  package var extensions: [String: ExtensionVersions] = [:]

  package init(tables: [QualifiedName: Table] = [:], extensions: [String: ExtensionVersions] = [:]) {
    self.tables = tables
    self.extensions = extensions
  }

  /// Counted since the database's statistics began.
  package struct Table: Hashable, Sendable {
    package var liveRows: Int
    package var deadRows: Int
    /// How often rows were looked for, with an index or without.
    package var reads: Int
    /// How long it has been counted, in days; nil when the server does not say.
    package var days: Int?
    /// By name.
    package var indexes: [Index]

    package init(liveRows: Int, deadRows: Int, reads: Int, days: Int?, indexes: [Index] = []) {
      self.liveRows = liveRows
      self.deadRows = deadRows
      self.reads = reads
      self.days = days
      self.indexes = indexes
    }
  }

  package struct Index: Hashable, Sendable {
    package var name: String
    package var bytes: Int
    /// How often it was used.
    package var scans: Int
    /// False after a build that failed.
    package var isValid: Bool
    /// Whether it also keeps values apart, or belongs to a constraint.
    package var isKey: Bool

    package init(name: String, bytes: Int, scans: Int, isValid: Bool, isKey: Bool) {
      self.name = name
      self.bytes = bytes
      self.scans = scans
      self.isValid = isValid
      self.isKey = isKey
    }
  }

  package struct ExtensionVersions: Hashable, Sendable {
    /// Nil when it is not there yet.
    package var installed: String?
    /// What the target would install; nil when it has no such extension.
    package var available: String?
    /// Whether it is a superuser's to create, and the role that runs migrations there is none.
    package var isSuperusers: Bool

    package init(installed: String?, available: String?, isSuperusers: Bool = false) {
      self.installed = installed
      self.available = available
      self.isSuperusers = isSuperusers
    }
  }
}

extension TraceContext {
  /// The tables of which the target has statistics and that statements of this file lock, with the first that does.
  var tablesWithStatistics: [(statement: Statement, table: StatementTrace.Relation, TargetStatistics.Table)] {
    var seen: Set<StatementTrace.Relation> = []
    return statements.flatMap { statement, trace in
      trace.locks.compactMap { lock in
        let name = QualifiedName(schema: lock.relation.schema, name: lock.relation.name)
        guard lock.mode.blocksWrites, let table = statistics.tables[name], seen.insert(lock.relation).inserted else {
          return nil
        }
        return (statement, lock.relation, table)
      }
    }
  }

  /// Whether the pending files drop it.
  func isDropped(index: String, inSchema schema: String) -> Bool {
    trace.statements.contains { $0.dropped.contains { $0.name == index && $0.schema == schema } }
      || file.statements.contains { statement in
        guard case .drop(let drop) = statement.syntax, drop.kind == .index else { return false }
        return drop.objects.contains { $0.name.name == index }
      }
  }

  func statisticsIssue(
    _ message: String, at statement: Statement, about table: StatementTrace.Relation, fix: String
  ) -> Issue {
    var issue = issue(message, at: statement, about: table, weighs: false, fix: .init(text: fix))
    issue.evidence = .statistics
    return issue
  }
}

extension TargetStatistics {
  /// For the examples of rules: of one table in `public`.
  static func example(_ table: String, _ statistics: Table) -> TargetStatistics {
    TargetStatistics(tables: [QualifiedName(schema: "public", name: table): statistics])
  }
}
