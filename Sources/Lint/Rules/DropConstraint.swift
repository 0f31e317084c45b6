internal import SQL
internal import Schema

/// `drop-constraint`
struct DropConstraint: StatementRule {
  let about = RuleDescription(
    name: "drop-constraint",
    severity: .warning,
    evidence: [.ast],
    summary: "Dropped constraint",
    why: "what it guaranteed is so no longer, and rows that break it cannot be told from the others later",
    explanation: """
      A constraint that the same file adds anew, under its name or on its columns, or that the pending migrations added \
      themselves, is left alone; so is one of a table that the file goes on to drop, and one of which the shadow's \
      catalog proves that it is not there.
      """,
    bad: """
      alter table public.customers drop constraint if exists customers_email_key;
      """,
    good: """
      alter table public.customers drop constraint if exists age_positive;
      alter table public.customers add constraint age_positive check (age >= 0) not valid;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-alter.html#DDL-ALTER-REMOVING-A-CONSTRAINT",
    others: [.pgfence: ["drop-constraint"], .atlas: ["CD101", "CD102", "CD103"]]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      guard case .dropConstraint(let name, let ifExists) = command.action,
        !isAdded(name, to: table, context), !isDropped(table, context),
        !context.declared.isAddedByPendingFiles(constraint: name, to: table)
      else { return nil }
      if ifExists, let before = context.before, before.tables[table]?.hasConstraint(name) != true { return nil }
      return context.issue(
        "drops constraint \(Quoting.identifier(name)) of \(table)",
        at: command.range,
        object: ObjectName(table),
        fix: .init(text: "say in a suppression's reason why it is not needed any more"))
    }
  }

  /// Whether the file adds one of the name, or a foreign key or unique constraint on the same columns.
  private func isAdded(_ name: String, to table: QualifiedName, _ context: StatementContext) -> Bool {
    let shape = context.declared.shape.tables[table] ?? context.before?.tables[table]
    let key = shape?.foreignKeys.first { $0.name == name }
    let index = shape?.indexes.first { $0.name == name && $0.isUnique }
    return context.search.statements(about: table.name).contains { number in
      let statement = context.file.statements[number]
      guard case .alterTable(let alter) = statement.syntax, context.declared.resolve(alter.name) == table else {
        return false
      }
      return alter.commands.contains { command in
        guard case .addConstraint(let constraint) = command.action else { return false }
        if constraint.knownName(on: table.name) == name { return true }
        switch constraint.kind {
        case .foreignKey: return key?.columns == constraint.columns
        case .unique, .primaryKey:
          return index.map { Set($0.leadingColumns) == Set(constraint.columns) } ?? false
        default: return false
        }
      }
    }
  }

  /// Whether the file drops the table afterwards, which is reported already.
  private func isDropped(_ table: QualifiedName, _ context: StatementContext) -> Bool {
    context.later(about: table.name).contains { statement in
      guard case .drop(let drop) = statement.syntax, drop.kind == .table else { return false }
      return drop.objects.contains { context.declared.resolve($0.name) == table }
    }
  }
}

extension TableShape {
  fileprivate func hasConstraint(_ name: String) -> Bool {
    primaryKey?.name == name || foreignKeys.contains { $0.name == name } || checks.contains { $0.name == name }
      || indexes.contains { $0.name == name }
  }
}
