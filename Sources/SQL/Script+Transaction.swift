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
    return Directive(rawValue: comment.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  /// Whether the file begins or ends a transaction itself.
  package var hasTransactionControl: Bool {
    statements.contains { $0.transactionControl?.isBoundary ?? false }
  }

  /// The statements by which the file adds a value to an enum and after which it seems to use that value, which
  /// PostgreSQL refuses in one transaction (`55P04`). Indexes into ``statements``, ascending.
  ///
  /// To be used is to stand as a string constant in a later statement. The same text may mean something else there:
  /// only a server can tell.
  package var enumValuesUsedLater: [Int] {
    statements.indices.filter { index in
      guard case .alterEnum(let change) = statements[index].syntax, case .add(let label, _, _) = change.action else {
        return false
      }
      return statements[(index + 1)...].contains { later in
        later.text.contains(label) && later.literals.contains { $0.value == label }
      }
    }
  }
}
