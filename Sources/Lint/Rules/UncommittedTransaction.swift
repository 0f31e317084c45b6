internal import SQL

/// `uncommitted-transaction`
struct UncommittedTransaction: FileRule {
  let about = RuleDescription(
    name: "uncommitted-transaction",
    severity: .error,
    evidence: [.ast],
    summary: "BEGIN without a COMMIT",
    why: "psql and most tools close the connection at the file's end and so roll all of it back, silently",
    explanation: """
      A file that begins a transaction has to end it. Reported is the last BEGIN that no COMMIT, END or ROLLBACK follows.
      """,
    bad: """
      begin;
      create schema if not exists billing;
      """,
    good: """
      begin;
      create schema if not exists billing;
      commit;
      """,
    source: "https://www.postgresql.org/docs/15/sql-begin.html",
    others: [
      .squawk: ["ban-uncommitted-transaction"], .languageServer: ["transactionNesting"],
      .pgfence: ["unclosed-transaction"],
    ]
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    var open: Statement?
    for statement in file.statements {
      switch statement.transactionControl {
      case .begin: open = statement
      case .commit(let chains), .rollback(let chains): open = chains ? statement : nil
      case .prepare: open = nil
      default: break
      }
    }
    guard let open, let last = file.statements.last else { return [] }
    let place = Place(file: context.index, range: last.range)
    return [
      Issue(
        place: Place(file: context.index, range: open.range),
        message: "begins a transaction that nothing commits",
        fix: .init(
          text: "end the file with commit;",
          edits: [.inserting("commit;", afterStatementAt: place, in: file)]),
        evidence: .ast)
    ]
  }
}
