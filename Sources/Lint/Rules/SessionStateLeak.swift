internal import SQL

/// `session-state-leak`
struct SessionStateLeak: FileRule {
  let about = RuleDescription(
    name: "session-state-leak",
    severity: .warning,
    evidence: [.ast],
    summary: "Setting of the session that outlives the migration",
    why: "with a tool that applies all migrations in one session, later ones run with another search_path or role",
    explanation: """
      `SET` lasts until the session ends, not until the file does. Penstock begins each migration with a session that \
      is as new; `psql`, a pooler and other tools do not, and a later migration then makes its tables in the wrong \
      schema, or as the wrong role. Write `SET LOCAL`, which ends with the transaction, or RESET it at the end.

      Counted are `role`, `session_authorization`, `search_path`, `session_replication_role`, `check_function_bodies`, \
      `row_security` and the default table options. Timeouts and what a client shows do no harm. \
      pg_dump's `set_config('search_path', …, false)` does the same and counts too.
      """,
    bad: """
      set search_path = billing;
      create table if not exists invoices (id bigint primary key);
      """,
    good: """
      set local search_path = billing;
      create table if not exists invoices (id bigint primary key);
      """,
    source: "https://www.postgresql.org/docs/15/sql-set.html"
  )

  private static let parameters: Set = [
    "role", "session_authorization", "search_path", "session_replication_role", "check_function_bodies",
    "row_security", "default_tablespace", "default_table_access_method",
  ]

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    let session = SessionState(beginning: file)
    // The last thing that the file says of each parameter.
    var open: [String: Statement] = [:]
    for statement in file.statements {
      guard case .setParameter(let set) = statement.syntax, !set.isLocal else { continue }
      switch set.action {
      case .set where Self.parameters.contains(set.name): open[set.name] = statement
      case .setDefault, .reset:
        if set.name.isEmpty { open = [:] } else { open[set.name] = nil }
      default: break
      }
    }
    let hasOwnControl = file.statements.contains { $0.transactionControl?.isBoundary == true }
    return open.sorted { $0.value.range.lowerBound < $1.value.range.lowerBound }.map { name, statement in
      let word = file.words(of: statement).prefix(2)
      var edits: [Issue.Edit] = []
      if !session.runsStatementsAlone, !hasOwnControl, name != "session_authorization", let set = word.first {
        let end = word.count > 1 && word[1].text == "session" ? word[1].range.upperBound : set.range.upperBound
        edits = [.init(range: set.range.upperBound..<end, newText: " local")]
      }
      return Issue(
        place: Place(file: context.index, range: statement.range),
        message: "\(name) stays as it is set here when the migration has ended",
        fix: .init(text: "set local, or reset \(name) at the end", edits: edits),
        evidence: .ast)
    }
  }
}
