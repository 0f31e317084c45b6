internal import SQL
internal import Schema

/// `detach-partition-not-concurrent`
struct DetachPartitionNotConcurrent: StatementRule {
  let about = RuleDescription(
    name: "detach-partition-not-concurrent",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "Partition detached without CONCURRENTLY",
    why: "it takes ACCESS EXCLUSIVE on the partitioned table, so every reader and writer of all its partitions waits",
    explanation: """
      `DETACH PARTITION … CONCURRENTLY` takes SHARE UPDATE EXCLUSIVE on the partitioned table instead. It cannot run in \
      a transaction, and not where there is a default partition.

      Partitioned tables that the pending migrations create are left alone.
      """,
    bad: """
      alter table public.events detach partition public.events_2023;
      """,
    good: """
      alter table public.events detach partition public.events_2023 concurrently;
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION; measured",
    others: [
      .squawk: ["require-concurrent-partition-detach"], .languageServer: ["requireConcurrentDetachPartition"],
      .pgfence: ["detach-partition"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, let table = context.existingTable(alter.name) else {
      return []
    }
    return alter.commands.compactMap { command in
      guard case .detachPartition(let partition, concurrently: false) = command.action else { return nil }
      let end = command.range.upperBound
      let text = "detach partition … concurrently, in a migration of its own"
      var fix = Issue.Fix(text: text)
      if context.file.statements.count == 1 {
        fix = .withoutTransaction(.init(range: end..<end, newText: " concurrently"), text: text, in: context)
      }
      return context.issue(
        "partition \(partition) is detached under ACCESS EXCLUSIVE on \(table)",
        at: command.range,
        object: ObjectName(table),
        fix: fix)
    }
  }
}
