internal import Basics
internal import SQL

/// `hidden-ddl`
struct HiddenDDL: TraceRule {
  let about = RuleDescription(
    name: "hidden-ddl",
    severity: .warning,
    evidence: [.trace],
    summary: "Code that changes the schema by statements which the file does not show",
    why: "no reviewer and no rule that reads the file sees the change",
    explanation: """
      A function that is called, and a `do` block that puts its SQL together with `EXECUTE`, change what they find: \
      another database gets another schema. The finding lists what was changed on the shadow. Write the statements out.

      A `do` block whose statements stand in it, such as a guard around `create type`, is left alone.
      """,
    bad: RuleExample(
      files: [
        (RuleExample.path, "do $$ begin execute format('create table %I (id bigint primary key)', 'log'); end $$;")
      ],
      traces: [.init(statement: 0, hidden: ["table public.log"])]),
    good: RuleExample(
      files: [(RuleExample.path, "do $$ begin create type public.mood as enum ('good'); end $$;")],
      traces: [.init(statement: 0, hidden: ["type public.mood"])]),
    source: "measured: the catalogs before and after the statement"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.compactMap { statement, trace in
      switch statement.syntax {
      case .doBlock: guard statement.text.lowercased().contains("execute") else { return nil }
      case .call, .select: break
      default: return nil
      }
      let dropped = trace.dropped.map { "\($0.kind.rawValue) \($0.sql) (dropped)" }
      let changes = trace.hidden + dropped
      guard !changes.isEmpty else { return nil }
      let more = changes.count > 5 ? " and \(changes.count - 5) more" : ""
      return context.issue(
        "changes \(changes.prefix(5).joined(separator: ", "))\(more)", at: statement, about: nil,
        fix: .init(text: "write the statements out"))
    }
  }
}
