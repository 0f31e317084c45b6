internal import SQL

/// `duplicate-column-assignment`
struct DuplicateColumnAssignment: StatementRule {
  let about = RuleDescription(
    name: "duplicate-column-assignment",
    severity: .error,
    evidence: [.ast],
    summary: "Column that one statement sets, or names, twice",
    why: "the server refuses the statement",
    explanation: """
      Counted are the columns of `UPDATE … SET`, of an `INSERT` and of its `ON CONFLICT DO UPDATE`, and those of \
      `CREATE TABLE`. Different fields or elements of one column may be set side by side.
      """,
    bad: """
      update public.customers set country = 'DE', country = 'AT' where id = (select 1);
      """,
    good: """
      update public.customers set country = 'AT' where id = (select 1);
      """,
    source: "https://www.postgresql.org/docs/15/sql-update.html; measured: 42601 and 42701",
    others: [.squawk: ["ban-duplicate-column-assignments"]]
  )

  var statementKinds: Syntax.Kinds { [.createTable, .insert, .update] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let (table, columns): (Syntax.QualifiedName, [String])
    switch statement.syntax {
    case .update(let update): (table, columns) = (update.table, update.repeatedColumns)
    case .insert(let insert): (table, columns) = (insert.table, insert.repeatedColumns)
    case .createTable(let create):
      var seen: Set<String> = []
      (table, columns) = (create.name, create.columns.map(\.name).filter { !seen.insert($0).inserted })
    default: return []
    }
    guard let column = columns.first else { return [] }
    return [
      context.issue(
        "column \(Quoting.identifier(column)) of \(table) is there twice", at: statement.range,
        object: ObjectName(context.declared.resolve(table), part: column), fix: .init(text: "leave one of the two out"))
    ]
  }
}
