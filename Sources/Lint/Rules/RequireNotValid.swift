internal import SQL
internal import Schema

/// `check-not-valid`, `fk-not-valid`
struct RequireNotValid: StatementRule {
  let about: RuleDescription
  private let kind: Syntax.Constraint.Kind
  private let noun: String

  static let check = RequireNotValid(
    kind: .check, noun: "check",
    about: RuleDescription(
      name: "check-not-valid",
      severity: .warning,
      evidence: [.ast, .trace],
      summary: "Check added to an existing table without NOT VALID",
      why: "all rows are read under ACCESS EXCLUSIVE: nobody reads or writes the table until then",
      explanation: """
        Add the check `NOT VALID`, which binds new rows at once and reads none, and validate it in the next migration: \
        `VALIDATE CONSTRAINT` reads the rows while others read and write them.

        Tables that the pending migrations create are left alone, and so are checks of a column that is added in the \
        same statement, which `add-column-check-scan` reports.
        """,
      bad: """
        alter table public.customers add constraint age_positive check (age > 0);
        """,
      good: """
        alter table public.customers add constraint age_positive check (age > 0) not valid;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES; measured: verifying table",
      others: [
        .squawk: ["constraint-missing-not-valid"], .languageServer: ["constraintMissingNotValid"],
        .pgfence: ["add-constraint-check-no-not-valid"], .eugene: ["E1"], .atlas: ["PG305"],
        .strongMigrations: ["add_check_constraint"],
      ]))

  static let foreignKey = RequireNotValid(
    kind: .foreignKey, noun: "foreign key",
    about: RuleDescription(
      name: "fk-not-valid",
      severity: .warning,
      evidence: [.ast, .trace],
      summary: "Foreign key added to an existing table without NOT VALID",
      why: "writes to both tables wait until all rows are looked up",
      explanation: """
        A foreign key takes SHARE ROW EXCLUSIVE on both tables and, unless it is `NOT VALID`, holds it while it looks \
        up every row. Add it `NOT VALID`, which binds new rows at once, and validate it in the next migration.

        Tables that the pending migrations create are left alone. A new column that refers to another table counts \
        only when it has a default: without one there is nothing to look up, and the locks are the same with \
        `NOT VALID` (measured).
        """,
      bad: """
        alter table public.invoices add constraint invoices_customer_fkey
          foreign key (customer_id) references public.customers (id) on delete restrict;
        """,
      good: """
        alter table public.invoices add constraint invoices_customer_fkey
          foreign key (customer_id) references public.customers (id) on delete restrict not valid;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES; measured: "
        + "validating foreign key constraint, SHARE ROW EXCLUSIVE on both",
      others: [
        .squawk: ["adding-foreign-key-constraint", "constraint-missing-not-valid"],
        .languageServer: ["addingForeignKeyConstraint", "constraintMissingNotValid"],
        .pgfence: ["add-constraint-fk-no-not-valid"], .atlas: ["PG306"],
        .strongMigrations: ["add_foreign_key", "add_reference"],
      ]))

  private init(kind: Syntax.Constraint.Kind, noun: String, about: RuleDescription) {
    self.kind = kind
    self.noun = noun
    self.about = about
  }

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.flatMap { command -> [Issue] in
      switch command.action {
      case .addConstraint(let constraint) where constraint.kind == kind && !constraint.isNotValid:
        return [issue(constraint, table, at: command.range, edits(constraint, command, table, context), context)]
      case .addColumn(let column, _) where kind == .foreignKey && column.defaultValue?.isNull == false:
        return column.constraints.filter { $0.kind == kind }.map { issue($0, table, at: $0.range, [], context) }
      default:
        return []
      }
    }
  }

  /// None where a foreign key of a partitioned table is meant, which cannot be NOT VALID before PostgreSQL 18.
  private func edits(
    _ constraint: Syntax.Constraint, _ command: Syntax.AlterTableCommand, _ table: QualifiedName,
    _ context: StatementContext
  ) -> [Issue.Edit] {
    let isPartitioned =
      context.declared.isPartitioned(table) || context.before?.tables[table]?.isPartitioned == true
    guard kind != .foreignKey || !isPartitioned else { return [] }
    let (start, end) = (constraint.range.lowerBound, command.range.upperBound)
    // The next migration has to know its name.
    let name = "constraint \(Quoting.identifier(constraint.knownName(on: table.name))) "
    return (constraint.name == nil ? [.init(range: start..<start, newText: name)] : [])
      + [.init(range: end..<end, newText: " not valid")]
  }

  private func issue(
    _ constraint: Syntax.Constraint, _ table: QualifiedName, at range: Range<Int>, _ edits: [Issue.Edit],
    _ context: StatementContext
  ) -> Issue {
    let name = Quoting.identifier(constraint.knownName(on: table.name))
    let validate = "alter table \(table) validate constraint \(name);"
    return context.issue(
      "\(noun) \(name) looks at all rows of \(table) as it is added",
      at: range,
      object: ObjectName(table),
      fix: .init(
        text: "add it not valid; in the next migration: \(validate)",
        edits: edits,
        newFiles: edits.isEmpty
          ? []
          : [
            .init(
              name: "validate_\(FileNameFormat.slug(of: constraint.knownName(on: table.name), default: "constraint"))",
              text: "\(validate)\n")
          ]))
  }
}
