internal import SQL
internal import Schema

/// `set-not-null-scan`
struct SetNotNullScan: StatementRule {
  let about = RuleDescription(
    name: "set-not-null-scan",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "SET NOT NULL, or a key of it, without a check that proves it",
    why: "all rows are read under ACCESS EXCLUSIVE: nobody reads or writes the table until then",
    explanation: """
      PostgreSQL skips the scan when a valid check says that the column is not NULL. So: add `check (c is not null) not \
      valid`, validate it in the next migration, then set NOT NULL and drop the check.

      A primary key sets its columns NOT NULL, also one that takes an index which is there: its table is read all the \
      same (measured) when a file or the shadow shows that a column may be NULL.

      Left alone are tables and columns that the pending migrations create, columns that are NOT NULL already, and \
      columns with such a check. A check that this file validates and that no file shows being added is believed.
      """,
    bad: """
      alter table public.customers alter column email set not null;
      """,
    good: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        "alter table public.customers add constraint email_nn check (email is not null) not valid;"
      ),
      (
        "supabase/migrations/20260102030406_validate.sql",
        """
        alter table public.customers validate constraint email_nn;
        alter table public.customers alter column email set not null;
        alter table public.customers drop constraint email_nn;
        """
      ),
    ]),
    source: "https://www.postgresql.org/docs/15/sql-altertable.html (SET NOT NULL); measured: verifying table, and "
      + "\"existing constraints … are sufficient to prove\" with the check",
    others: [
      .squawk: ["adding-not-nullable-field"], .languageServer: ["addingNotNullField"],
      .pgfence: ["alter-column-set-not-null"], .eugene: ["E2", "W14"], .atlas: ["MF104", "PG303", "PG304"],
      .strongMigrations: ["change_column_null", "change_column_null_postgresql"], .djangoMigrationLinter: ["NOT_NULL"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.flatMap { issues(key: $0, of: table, context) }
      + alter.commands.compactMap { command in
        guard case .setNotNull(let column) = command.action, !isProved(column, of: table, context) else { return nil }
        let name = Quoting.identifier(column)
        let check = Quoting.identifier("\(table.name)_\(column)_not_null")
        let addition = "add constraint \(check) check (\(name) is not null) not valid"
        let rest = """
          alter table \(table) validate constraint \(check);
          alter table \(table) alter column \(name) set not null;
          alter table \(table) drop constraint \(check);
          """
        let isMechanical = check.utf8.count <= 63 && !isNeededLater(column, context)
        return context.issue(
          "all rows of \(table) are read to see that \(name) is never NULL",
          at: command.range,
          object: ObjectName(table, part: column),
          fix: .init(
            text: "alter table \(table) \(addition);\nin the next migration: \(rest)",
            edits: isMechanical ? [.init(range: command.range, newText: addition)] : [],
            newFiles: isMechanical
              ? [
                .init(
                  name: FileNameFormat.slug(of: "set_\(table.name)_\(column)_not_null", default: "set_not_null"),
                  text: rest + "\n")
              ] : []))
      }
  }

  /// Of a primary key that takes an index; one that builds its own is `primary-key-without-index`'s.
  private func issues(
    key command: Syntax.AlterTableCommand, of table: QualifiedName, _ context: StatementContext
  ) -> [Issue] {
    guard case .addConstraint(let key) = command.action, key.kind == .primaryKey, let index = key.usingIndex
    else { return [] }
    let shapes = [context.declared.shape.tables[table], context.before?.tables[table]].compactMap(\.self)
    let columns = shapes.lazy.compactMap { shape in shape.indexes.first { $0.name == index }?.leadingColumns }.first
    return (columns ?? []).filter { column in
      shapes.contains { $0.column(column) != nil } && !isProved(column, of: table, context)
    }.map { column in
      context.issue(
        "all rows of \(table) are read to see that \(Quoting.identifier(column)), which becomes its key, is never NULL",
        at: command.range,
        object: ObjectName(table, part: column),
        fix: .init(text: "set the column NOT NULL first, by way of a validated check"))
    }
  }

  /// Whether a later part of the file asks for a column that is NOT NULL: an identity, or a key.
  private func isNeededLater(_ column: String, _ context: StatementContext) -> Bool {
    let column = column.lowercased()
    return context.search.statements(mentioningAny: ["identity", "primary key", "replica"]).contains { index in
      index >= context.index && context.file.statements[index].text.lowercased().contains(column)
    }
  }

  private func isProved(_ column: String, of table: QualifiedName, _ context: StatementContext) -> Bool {
    let shapes = [context.declared.shape.tables[table], context.before?.tables[table]].compactMap(\.self)
    let checks = shapes.flatMap(\.checks) + context.declared.checks(onUnknown: table)
    if shapes.contains(where: { $0.column(column)?.isNotNull == true })
      || checks.contains(where: { $0.isValid && $0.provesNotNull(column) })
    {
      return true
    }
    return context.earlier(about: table.name).contains { statement in
      guard case .alterTable(let alter) = statement.syntax, context.declared.resolve(alter.name) == table else {
        return false
      }
      return alter.commands.contains { command in
        guard case .validateConstraint(let name) = command.action else { return false }
        return !checks.contains { $0.name == name }
      }
    }
  }
}
