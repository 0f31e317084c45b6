internal import SQL

/// `require-lock-timeout`, `require-statement-timeout`, `require-idle-in-tx-timeout`
struct RequireTimeout: StatementRule {
  let about: RuleDescription
  private let parameter: String
  private let value: String

  private init(
    _ name: RuleName, parameter: String, value: String, severity: Severity, summary: String, why: String,
    explanation: String, others: [RuleDescription.OtherTool: [String]]
  ) {
    self.parameter = parameter
    self.value = value
    about = RuleDescription(
      name: name,
      severity: severity,
      evidence: [.ast],
      summary: summary,
      why: why,
      explanation: """
        \(explanation)

        Reported once a file, at the first statement that makes writers of a table wait which was there before the \
        pending migrations.
        """,
      bad: """
        alter table public.customers add column if not exists country text;
        """,
      good: RuleExample(
        stringLiteral: """
          set local \(parameter) = '\(value)';
          alter table public.customers add column if not exists country text;
          """),
      source: "https://www.postgresql.org/docs/15/runtime-config-client.html",
      others: others)
  }

  static let lock = RequireTimeout(
    "require-lock-timeout", parameter: "lock_timeout", value: "2s", severity: .off,
    summary: "Lock of a table in use without a lock_timeout",
    why: "while it waits for one long query, everybody who comes after it waits too",
    explanation: """
      A statement that needs a strong lock queues behind whatever reads the table, and all later readers and writers \
      queue behind it. With `lock_timeout` it gives up and can be tried again. Penstock's own promotion sets one for \
      each migration (`lock-timeout`, 3 s unless said), so the rule is off unless it is configured: for files that \
      other tools apply as well.
      """,
    others: [
      .squawk: ["require-lock-timeout", "require-timeout-settings"], .languageServer: ["lockTimeoutWarning"],
      .pgfence: ["lock-timeout-after-dangerous-statement", "missing-lock-timeout"], .eugene: ["E9"],
      .strongMigrations: ["lock_timeout"],
    ])

  static let statement = RequireTimeout(
    "require-statement-timeout", parameter: "statement_timeout", value: "30s", severity: .off,
    summary: "Lock of a table in use without a statement_timeout",
    why: "a statement that takes longer than thought holds its lock for as long",
    explanation: """
      `statement_timeout` ends a statement that runs for too long and with it the lock that it holds. Penstock's own \
      promotion sets one where the pipeline says `statement-timeout`, which is the better place: how long is too long \
      is the target's affair, and not the file's. Off unless it is configured.
      """,
    others: [
      .squawk: ["require-statement-timeout", "require-timeout-settings"], .languageServer: ["requireStatementTimeout"],
      .pgfence: ["missing-statement-timeout"], .strongMigrations: ["statement_timeout"],
    ])

  static let idle = RequireTimeout(
    "require-idle-in-tx-timeout", parameter: "idle_in_transaction_session_timeout", value: "10s", severity: .off,
    summary: "Lock of a table in use without an idle_in_transaction_session_timeout",
    why: "when whoever applies the migration hangs, its locks stay",
    explanation: """
      `idle_in_transaction_session_timeout` ends a session whose client has stopped in the middle of a transaction. \
      Penstock waits for nobody between two statements, and its transaction ends with its connection, so the rule is \
      off unless it is configured: for files that people apply by hand.
      """,
    others: [.languageServer: ["requireIdleInTransactionTimeout"], .pgfence: ["missing-idle-timeout"]])

  var statementKinds: Syntax.Kinds {
    [
      .createTable, .alterTable, .createIndex, .createTrigger, .createRule, .createPolicy, .alterPolicy, .drop, .rename,
      .setSchema, .truncate, .refreshMaterializedView, .lock, .maintenance,
    ]
  }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard context.session.value(of: parameter) == nil, let lock = context.blockingLocks(of: statement).first,
      context.firstEarlier("a blocking lock", where: { !context.blockingLocks(of: $0).isEmpty }) == nil
    else { return [] }
    let table = context.declared.resolve(lock.table)
    let start = statement.range.lowerBound
    let set = "set \(context.session.isInTransaction ? "local " : "")\(parameter) = '\(value)';"
    return [
      context.issue(
        "takes \(lock.mode.rawValue) on \(lock.isOfIndex ? "the table of " : "")\(table) without a \(parameter)",
        at: statement.range,
        object: lock.isOfIndex ? nil : ObjectName(table),
        fix: .init(text: "\(set) before it", edits: [.init(range: start..<start, newText: "\(set)\n")]))
    ]
  }
}
