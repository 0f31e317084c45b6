extension Statement {
  /// `BEGIN`, `COMMIT` and their kin; nil for every other statement.
  package var transactionControl: Syntax.TransactionControl? {
    if case .transaction(let control) = syntax { control } else { nil }
  }

  /// Whether PostgreSQL refuses the statement within a transaction block.
  ///
  /// Of a statement that the parser does not know, the words decide.
  ///
  /// Source: the callers of `PreventInTransactionBlock` in PostgreSQL 15.
  package var cannotRunInTransaction: Bool {
    switch syntax {
    case .createIndex(let index): index.concurrently
    case .drop(let drop): drop.concurrently
    case .alterTable(let table):
      table.commands.contains {
        if case .detachPartition(_, concurrently: true) = $0.action { true } else { false }
      }
    case .maintenance(let maintenance): maintenance.cannotRunInTransaction
    case .cluster(let command): command.cannotRunInTransaction
    case .other(node: "DiscardStmt"): firstWords(2) == ["discard", "all"]
    case .unparsed: Self.cannotRunInTransaction(firstWords(12))
    default: false
    }
  }

  /// As ``cannotRunInTransaction``, from the first words of a statement, in lowercase.
  private static func cannotRunInTransaction(_ words: [String]) -> Bool {
    let start = words.joined(separator: " ") + " "
    let concerns = { (word: String) in words.contains(word) }
    return start == "cluster " || beginnings.contains { start.hasPrefix("\($0) ") }
      || start.hasPrefix("reindex ") && concerns("concurrently")
      || start.hasPrefix("alter table ") && concerns("detach") && concerns("concurrently")
      || start.hasPrefix("alter subscription ") && concerns("refresh")
  }

  private static let beginnings = [
    "alter system", "create database", "create index concurrently", "create subscription", "create tablespace",
    "create unique index concurrently", "discard all", "drop database", "drop index concurrently", "drop subscription",
    "drop tablespace", "reindex database", "reindex schema", "reindex system", "vacuum",
  ]
}

extension Statement {
  /// Up to so many words from the beginning, in lowercase; whatever is no word is left out.
  private func firstWords(_ count: Int) -> [String] {
    let bytes = Array(text.utf8)
    var lexer = Lexer(bytes, in: bytes.indices)
    var words: [String] = []
    while words.count < count, let token = try? lexer.next() {
      guard token.kind == .word else { continue }
      words.append(String(decoding: bytes[token.range], as: UTF8.self).lowercased())
    }
    return words
  }
}

extension Syntax.Maintenance {
  fileprivate var cannotRunInTransaction: Bool {
    switch command {
    case .vacuum: true
    case .analyze: false
    case .cluster: relations.isEmpty
    case .reindex(let target, let concurrently):
      concurrently || target == .schema || target == .system || target == .database
    }
  }
}

extension Syntax.ClusterCommand {
  fileprivate var cannotRunInTransaction: Bool {
    switch self {
    case .alterSystem, .createDatabase, .dropDatabase, .createTablespace, .dropTablespace, .finishPrepared: true
    case .alterDatabase(_, let movesTablespace): movesTablespace
    case .createSubscription(_, let createsSlot): createsSlot
    case .alterSubscription(_, let refreshes): refreshes
    // It drops the replication slot, unless that was taken from it before, which only the server knows.
    case .dropSubscription: true
    case .dropRole: false
    }
  }
}
