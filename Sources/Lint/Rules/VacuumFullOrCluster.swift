internal import SQL

/// `vacuum-full-or-cluster`
struct VacuumFullOrCluster: StatementRule {
  let about = RuleDescription(
    name: "vacuum-full-or-cluster",
    severity: .error,
    evidence: [.ast],
    summary: "VACUUM FULL or CLUSTER",
    why: "the table is written anew under ACCESS EXCLUSIVE: nobody reads or writes it until that is done",
    explanation: """
      Both write the whole table and all its indexes anew. `pg_repack` does the same with a short lock at the end, and a \
      plain `VACUUM` makes the space usable again without any. Tables that the pending migrations create are left alone.
      """,
    bad: """
      vacuum full public.events;
      """,
    good: """
      vacuum public.events;
      """,
    source: "https://www.postgresql.org/docs/15/sql-vacuum.html; measured: CLUSTER rewrites table and indexes",
    others: [.squawk: ["prefer-repack"], .languageServer: ["banVacuumFull"], .pgfence: ["vacuum-full"]]
  )

  var statementKinds: Syntax.Kinds { .maintenance }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .maintenance(let maintenance) = statement.syntax else { return [] }
    let command: String
    switch maintenance.command {
    case .vacuum(full: true): command = "VACUUM FULL"
    case .cluster: command = "CLUSTER"
    default: return []
    }
    let tables = maintenance.relations.filter { context.existingTable($0) != nil }
    guard maintenance.relations.isEmpty || !tables.isEmpty else { return [] }
    let subject = tables.isEmpty ? "every table" : tables.map(\.description).joined(separator: ", ")
    return [
      context.issue(
        "\(command) writes \(subject) anew while nobody can read it",
        at: statement.range,
        fix: .init(text: "use pg_repack, or a plain VACUUM"))
    ]
  }
}
