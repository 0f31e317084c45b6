internal import Basics

extension Script {
  /// A comment on the first line by which a tool is told to run the file outside a transaction.
  package enum Directive: String, Hashable, Sendable, CaseIterable {
    case pgDelta = "pg-delta: transaction=false"
    case supabase = "supabase:disable-transaction"
    case postgresMigrations = "postgres-migrations disable-transaction"
  }

  /// The directive on the first line, if there is one.
  package var directive: Directive? {
    guard let comment = comments.first, comment.position.line == 1,
      bytes[comment.range.lowerBound] == Byte.dash
    else { return nil }
    guard Self.firstBytes.contains(comment.text.utf8.first) else { return nil }
    return Directive(rawValue: comment.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  private static let firstBytes = Set(Directive.allCases.map { $0.rawValue.utf8.first })

  /// Whether the file begins or ends a transaction itself.
  package var hasTransactionControl: Bool {
    statements.contains { $0.transactionControl?.isBoundary ?? false }
  }

  /// The statements by which the file adds a value to an enum and after which it seems to use that value in the same
  /// transaction, which PostgreSQL refuses (`55P04`). Indexes into ``statements``, ascending.
  ///
  /// To be used is to stand as a string constant in a later statement, before the file begins or ends a transaction
  /// itself. The same text may mean something else there: only a server can tell.
  package var enumValuesUsedLater: [Int] {
    var added: [String: [Int]] = [:]
    var used: [Int] = []
    for (index, statement) in statements.enumerated() {
      if statement.transactionControl?.isBoundary == true { added = [:] }
      if !added.isEmpty {
        for literal in statement.literals { used += added.removeValue(forKey: literal.value) ?? [] }
      }
      if case .alterEnum(let change) = statement.syntax, case .add(let label, _, _) = change.action {
        added[label, default: []].append(index)
      }
    }
    return used.sorted()
  }
}
