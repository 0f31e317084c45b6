internal import Basics
internal import SQL

/// `drop-cascade`
struct DropCascade: TraceRule {
  let about = RuleDescription(
    name: "drop-cascade",
    severity: .error,
    evidence: [.trace],
    summary: "CASCADE that takes other objects along",
    why: "what goes is whatever depends on the object on that day and in that database, and nobody has named it",
    explanation: """
      The finding lists what went on the shadow. Drop those objects by name, each in its own statement before, so that \
      a reader sees it and a database that has more of them refuses.

      Seen on the shadow, where a `cascade` that takes nothing along is left alone.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "drop table public.customers cascade;")],
      traces: [
        .init(
          statement: 0, locks: [("customers", .accessExclusive)], dropped: ["customers"],
          cascades: ["view public.totals"])
      ]),
    good: RuleExample(
      files: [(RuleExample.path, "drop table public.customers cascade;")],
      traces: [.init(statement: 0, locks: [("customers", .accessExclusive)], dropped: ["customers"])]),
    source: "https://www.postgresql.org/docs/15/ddl-depend.html"
  )

  func check(_ context: TraceContext) -> [Issue] {
    context.statements.compactMap { statement, trace in
      guard !trace.cascades.isEmpty else { return nil }
      let shown = trace.cascades.prefix(5).joined(separator: ", ")
      let more = trace.cascades.count > 5 ? " and \(trace.cascades.count - 5) more" : ""
      return context.issue(
        "takes along \(shown)\(more)", at: statement, about: trace.dropped.first, weighs: false,
        fix: .init(text: "drop them by name before, and leave out cascade"))
    }
  }
}
