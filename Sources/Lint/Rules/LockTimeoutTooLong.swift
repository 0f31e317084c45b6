internal import SQL

/// `lock-timeout-too-long`
struct LockTimeoutTooLong: StatementRule {
  private static let limit = 10_000.0

  let about = RuleDescription(
    name: "lock-timeout-too-long",
    severity: .warning,
    evidence: [.ast],
    summary: "lock_timeout of more than ten seconds, or of none",
    why: "for as long as the statement waits for its lock, everybody who comes after it waits too",
    explanation: """
      `lock_timeout = 0` waits forever, and so it is by default; a file that says so overrules what Penstock sets for \
      its promotion. More than ten seconds is longer than most clients wait. Wait briefly and try again: Penstock does.

      pg_dump writes `SET lock_timeout = 0` at the head of its output. A file that locks no table that was there before \
      is left alone.
      """,
    bad: """
      set lock_timeout = '5min';
      alter table public.customers add column if not exists country text;
      """,
    good: """
      set lock_timeout = '2s';
      alter table public.customers add column if not exists country text;
      """,
    source: "https://www.postgresql.org/docs/15/runtime-config-client.html#GUC-LOCK-TIMEOUT",
    others: [.pgfence: ["lock-timeout-too-long", "lock-timeout-zero"]]
  )

  var statementKinds: Syntax.Kinds { .setParameter }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .setParameter(let set) = statement.syntax, set.name == "lock_timeout", let text = set.values.first,
      let milliseconds = Self.milliseconds(text), milliseconds == 0 || milliseconds > Self.limit,
      context.later.contains(where: { !context.blockingLocks(of: $0).isEmpty })
    else { return [] }
    return [
      context.issue(
        milliseconds == 0 ? "lock_timeout is set to none" : "lock_timeout is set to \(text)",
        at: statement.range,
        fix: .init(
          text: "set lock_timeout = '2s'",
          edits: [.init(range: statement.range, newText: "set \(set.isLocal ? "local " : "")lock_timeout = '2s'")]))
    ]
  }

  /// Reads `2s`, `1 min`, `500`.
  private static func milliseconds(_ text: String) -> Double? {
    let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
    guard let value = Double(number) else { return nil }
    switch text.dropFirst(number.count).filter({ !$0.isWhitespace }) {
    case "", "ms": return value
    case "us": return value / 1000
    case "s": return value * 1000
    case "min": return value * 60_000
    case "h": return value * 3_600_000
    case "d": return value * 86_400_000
    default: return nil
    }
  }
}
