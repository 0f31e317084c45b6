internal import SQL
internal import Schema

/// `add-unique-on-existing`
struct AddUniqueOnExisting: StatementRule {
  let about = RuleDescription(
    name: "add-unique-on-existing",
    severity: .warning,
    evidence: [.ast],
    summary: "Unique constraint or index on columns that are already there",
    why: "it fails when two rows are equal, which the shadow, having none, cannot know",
    explanation: """
      Look for equal rows first; the finding's fix has the query. Tables and columns that the pending migrations create \
      are left alone, and so are a constraint that takes an index which is there already, and columns that are unique \
      already, or were until the same file dropped their index.
      """,
    bad: """
      create unique index concurrently if not exists customers_email_idx on public.customers (email);
      """,
    good: """
      create index concurrently if not exists customers_email_idx on public.customers (email);
      """,
    source: "https://www.postgresql.org/docs/15/sql-createindex.html (UNIQUE)",
    others: [.atlas: ["MF101", "MF102"], .djangoMigrationLinter: ["ADD_UNIQUE"]]
  )

  var statementKinds: Syntax.Kinds { [.alterTable, .createIndex] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    switch statement.syntax {
    case .createIndex(let create) where create.isUnique:
      guard let table = context.existingTable(create.table) else { return [] }
      let columns = create.elements.compactMap(\.column)
      guard columns.count == create.elements.count else { return [] }
      return [issue(columns, table, create.predicate?.text, at: statement.range, context)].compactMap(\.self)
    case .alterTable(let alter) where alter.kind == .table:
      guard let table = context.existingTable(alter.name) else { return [] }
      return alter.commands.compactMap { command in
        guard case .addConstraint(let constraint) = command.action, constraint.usingIndex == nil,
          constraint.kind == .unique || constraint.kind == .primaryKey
        else { return nil }
        return issue(constraint.columns, table, nil, at: command.range, context)
      }
    default:
      return []
    }
  }

  private func issue(
    _ columns: [String], _ table: QualifiedName, _ predicate: String?, at range: Range<Int>, _ context: StatementContext
  ) -> Issue? {
    // New columns are NULL, and NULLs are not equal.
    guard !columns.contains(where: { context.declared.isAddedByPendingFiles($0, to: table) }),
      !isUniqueAlready(columns, table, context)
    else { return nil }
    let list = columns.map { Quoting.identifier($0) }.joined(separator: ", ")
    let condition = predicate.map { " where \($0)" } ?? ""
    return context.issue(
      "fails where two rows of \(table) are equal in (\(list))",
      at: range,
      object: ObjectName(table, part: columns.joined(separator: ", ")),
      fix: .init(
        text: "look first: select \(list), count(*) from \(table)\(condition) group by \(list) having count(*) > 1;"))
  }

  private func isUniqueAlready(_ columns: [String], _ table: QualifiedName, _ context: StatementContext) -> Bool {
    let shapes = [context.declared.shape.tables[table], context.before?.tables[table]].compactMap(\.self)
    let dropped = context.declared.droppedIndexes[table] ?? []
    return (shapes.flatMap(\.indexes) + dropped).contains { index in
      index.isUnique && !index.isPartial && index.plainColumns.map { Set($0).isSubset(of: columns) } == true
    }
  }
}
