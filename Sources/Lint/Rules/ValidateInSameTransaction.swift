internal import SQL
internal import Schema

/// `validate-in-same-tx`
struct ValidateInSameTransaction: StatementRule {
  let about = RuleDescription(
    name: "validate-in-same-tx",
    severity: .error,
    evidence: [.ast],
    summary: "Constraint validated in the transaction that adds it",
    why: "the lock of the addition is held while all rows are read, which NOT VALID was meant to avoid",
    explanation: """
      `NOT VALID` and `VALIDATE CONSTRAINT` are two steps so that the strong lock of the first is gone before the \
      second reads the rows. In one transaction it is not: put the second into the next migration.

      Tables that the pending migrations create are left alone.
      """,
    bad: """
      alter table public.customers add constraint age_positive check (age > 0) not valid;
      alter table public.customers validate constraint age_positive;
      """,
    good: RuleExample(files: [
      (
        "supabase/migrations/20260102030405_add.sql",
        "alter table public.customers add constraint age_positive check (age > 0) not valid;"
      ),
      (
        "supabase/migrations/20260102030406_validate.sql",
        "alter table public.customers validate constraint age_positive;"
      ),
    ]),
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    others: [
      .squawk: ["constraint-missing-not-valid"], .languageServer: ["requireSeparateConstraintValidation"],
      .pgfence: ["not-valid-validate-same-tx"],
      .strongMigrations: ["validate_check_constraint", "validate_foreign_key"],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, let table = context.existingTable(alter.name) else {
      return []
    }
    return alter.commands.compactMap { command in
      guard case .validateConstraint(let name) = command.action, isAddedInTransaction(name, to: table, context) else {
        return nil
      }
      return context.issue(
        "constraint \(Quoting.identifier(name)) of \(table) is validated under the lock of its addition",
        at: command.range,
        object: ObjectName(table),
        fix: fix(statement, alter, name, of: table, in: context))
    }
  }

  private func fix(
    _ statement: Statement, _ alter: Syntax.AlterTable, _ constraint: String, of table: QualifiedName,
    in context: StatementContext
  ) -> Issue.Fix {
    let text = "validate it in the next migration"
    // What follows may rely on it: NOT NULL that is proved by it, or its removal.
    guard alter.commands.count == 1, !context.isNeededLater(statement, asAnyOf: [constraint, "not null"]) else {
      return .init(text: text)
    }
    let sql = "alter table \(table) validate constraint \(Quoting.identifier(constraint));"
    return .replacing(
      statement,
      by: [.init(name: "validate_\(FileNameFormat.slug(of: constraint, default: "constraint"))", sql: sql)],
      text: text, in: context)
  }

  private func isAddedInTransaction(_ name: String, to table: QualifiedName, _ context: StatementContext) -> Bool {
    guard let place = context.declared.placeOfAddition(ofUnvalidated: name, to: table),
      let start = context.earlierInTransaction.first
    else { return false }
    return place.file == context.fileIndex && place.range.lowerBound >= start.range.lowerBound
  }
}
