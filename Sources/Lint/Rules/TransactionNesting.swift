internal import SQL

/// `transaction-nesting`
struct TransactionNesting: StatementRule {
  let about = RuleDescription(
    name: "transaction-nesting",
    severity: .warning,
    evidence: [.ast],
    summary: "BEGIN or COMMIT that does not fit the transaction around it",
    why:
      "a migration is applied in one transaction, and after a COMMIT in the middle a failure leaves half of it behind",
    explanation: """
      Whoever applies a migration begins a transaction before it and commits it after it. A single `BEGIN; … COMMIT;` \
      around the whole file means the same and does no harm. Reported are: a BEGIN within a transaction, which only \
      warns; a COMMIT or ROLLBACK without a BEGIN, which ends the transaction of whoever applies the file; and \
      statements after a COMMIT, which are no longer in one transaction with those before.

      Files with statements that cannot run in a transaction, and files that ask on their first line to be run without \
      one, may commit as they like.
      """,
    bad: """
      create schema if not exists billing;
      commit;
      create schema if not exists sales;
      """,
    good: """
      begin;
      create schema if not exists billing;
      create schema if not exists sales;
      commit;
      """,
    source: "https://www.postgresql.org/docs/15/sql-begin.html; measured: a BEGIN within a transaction is a warning",
    others: [.squawk: ["transaction-nesting"], .languageServer: ["transactionNesting"], .atlas: ["TX201"]]
  )

  var statementKinds: Syntax.Kinds { .transaction }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let control = statement.transactionControl, control.isBoundary else { return [] }
    let message: String?
    var edits: [Issue.Edit] = []
    switch control {
    case .begin where context.session.isInOwnTransaction:
      message = "begins a transaction within one"
      edits = removal(of: statement, in: context)
    case .begin:
      message = nil
    case .commit where !context.session.isInOwnTransaction, .rollback where !context.session.isInOwnTransaction:
      message = "ends a transaction that the file has not begun"
      if case .commit = control { edits = removal(of: statement, in: context) }
    case .commit where !context.session.runsStatementsAlone && (context.search.lastWithoutControl ?? 0) > context.index:
      message = "commits in the middle: what follows can fail and leave this behind"
    default:
      message = nil
    }
    return message.map { message in
      [
        context.issue(
          message, at: statement.range,
          fix: .init(text: "leave transactions to whoever applies the file, or cut the file in two", edits: edits))
      ]
    } ?? []
  }

  /// With its semicolon.
  private func removal(of statement: Statement, in context: StatementContext) -> [Issue.Edit] {
    let end = context.file.firstByteOfSQL(from: statement.range.upperBound)
    guard let end, context.file.bytes[end] == UInt8(ascii: ";") else {
      return [.init(range: statement.range, newText: "")]
    }
    return [.init(range: statement.range.lowerBound..<end + 1, newText: "")]
  }
}
