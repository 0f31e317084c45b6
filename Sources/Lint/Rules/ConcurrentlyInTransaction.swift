internal import SQL

/// `concurrently-in-transaction`
struct ConcurrentlyInTransaction: StatementRule {
  let about = RuleDescription(
    name: "concurrently-in-transaction",
    severity: .error,
    evidence: [.ast],
    summary: "Statement that the server refuses within the file's own transaction",
    why: "it fails with \"cannot run inside a transaction block\"",
    explanation: """
      `CONCURRENTLY`, `VACUUM`, `ALTER SYSTEM`, `CREATE DATABASE` and their kin commit on the way and are refused \
      between BEGIN and COMMIT. Penstock sees such statements by their syntax and runs a file that has one statement by \
      statement; only a transaction that the file itself begins stands in the way. Give the statement a file of its own.
      """,
    bad: """
      begin;
      create index concurrently if not exists customers_email_idx on public.customers (email);
      commit;
      """,
    good: """
      create index concurrently if not exists customers_email_idx on public.customers (email);
      """,
    source: "https://www.postgresql.org/docs/15/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    others: [
      .squawk: ["ban-concurrent-index-creation-in-transaction"],
      .languageServer: ["banConcurrentIndexCreationInTransaction"], .pgfence: ["concurrent-in-transaction"],
      .atlas: ["PG103", "TX101"],
    ]
  )

  var statementKinds: Syntax.Kinds { [.createIndex, .drop, .alterTable, .maintenance, .cluster, .other, .unparsed] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard context.session.isInOwnTransaction, statement.cannotRunInTransaction else { return [] }
    return [
      context.issue(
        "the server refuses this statement between BEGIN and COMMIT",
        at: statement.range,
        fix: fix(statement, in: context))
    ]
  }

  private func fix(_ statement: Statement, in context: StatementContext) -> Issue.Fix {
    let text = "move it into a migration of its own, without BEGIN and COMMIT"
    let name: String? =
      switch statement.syntax {
      case .createIndex(let create): create.name
      case .drop(let drop): drop.objects.first?.name.name
      default: nil
      }
    guard let name, context.isIndependentOfSession,
      !context.isNeededLater(statement, asAnyOf: [name])
    else { return .init(text: text) }
    let verb = if case .drop = statement.syntax { "drop" } else { "build" }
    return .moving(
      statement, to: "\(verb)_\(FileNameFormat.slug(of: name, default: "index"))",
      with: .init(range: statement.range.upperBound..<statement.range.upperBound, newText: ""), text: text, in: context)
  }
}
