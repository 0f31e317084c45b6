internal import SQL
internal import Schema

/// `drop-not-null`, `drop-default`, `drop-generated`, `alter-identity`
struct ColumnChange: StatementRule {
  let about: RuleDescription
  private let column: @Sendable (Syntax.AlterTableCommand.Action) -> String?
  private let message: String

  static let dropNotNull = ColumnChange(
    "drop-not-null", severity: .advice, summary: "Column that may be NULL from now on",
    why: "clients that were promised a value meet NULL",
    bad: "alter table public.customers alter column email drop not null;",
    good: "alter table public.customers alter column email set default '';",
    message: "may be NULL from now on",
    others: [.squawk: ["ban-drop-not-null"], .languageServer: ["banDropNotNull"], .pgfence: ["drop-not-null"]]
  ) { if case .dropNotNull(let column) = $0 { column } else { nil } }

  static let dropDefault = ColumnChange(
    "drop-default", severity: .warning, summary: "Column without its default from now on",
    why: "inserts that leave the column out get NULL, or fail where it may not be NULL",
    bad: "alter table public.customers alter column country drop default;",
    good: "alter table public.customers alter column country set default 'DE';",
    message: "has no default any more", others: [.djangoMigrationLinter: ["NOT_NULL"]]
  ) { if case .dropDefault(let column) = $0 { column } else { nil } }

  static let dropGenerated = ColumnChange(
    "drop-generated", severity: .warning, summary: "Column that is computed no longer",
    why: "it keeps its values and stops following the columns that it was made of",
    bad: "alter table public.customers alter column full_name drop expression;",
    good: "alter table public.customers add column if not exists full_name_2 text;",
    message: "is computed no longer"
  ) { if case .dropExpression(let column, _) = $0 { column } else { nil } }

  static let alterIdentity = ColumnChange(
    "alter-identity", severity: .warning, summary: "Changed identity of a column",
    why: "inserts that gave a number themselves, or relied on getting one, fail from then on",
    bad: "alter table public.customers alter column id drop identity if exists;",
    good: """
      create table if not exists public.customers (id bigint generated always as identity primary key);
      """,
    message: "gets its numbers in another way"
  ) {
    switch $0 {
    case .addIdentity(let column), .setIdentity(let column), .dropIdentity(let column, _): column
    default: nil
    }
  }

  private init(
    _ name: RuleName, severity: Severity, summary: String, why: String, bad: String, good: String, message: String,
    others: [RuleDescription.OtherTool: [String]] = [:],
    column: @escaping @Sendable (Syntax.AlterTableCommand.Action) -> String?
  ) {
    self.message = message
    self.column = column
    about = RuleDescription(
      name: name,
      severity: severity,
      evidence: [.ast],
      summary: summary,
      why: why,
      explanation: """
        Release first what no longer relies on it. Tables and columns that the pending migrations create are left \
        alone.
        """,
      bad: RuleExample(stringLiteral: bad),
      good: RuleExample(stringLiteral: good),
      source: "https://www.postgresql.org/docs/15/sql-altertable.html",
      others: others)
  }

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, [.table, .foreignTable].contains(alter.kind),
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      guard let column = column(command.action),
        !context.declared.isAddedByPendingFiles(column, to: table)
          || isRequired(column, after: command, table, context),
        !isRestored(column, after: command, in: alter, of: table, context)
      else { return nil }
      return context.issue(
        "column \(table).\(Quoting.identifier(column)) \(message)",
        at: command.range,
        object: ObjectName(table, part: column),
        fix: .init(text: "release first what no longer relies on it"))
    }
  }

  /// Whether a new column has been NOT NULL with a default, which is all that inserts which do not know it yet have.
  private func isRequired(
    _ column: String, after command: Syntax.AlterTableCommand, _ table: QualifiedName, _ context: StatementContext
  ) -> Bool {
    guard case .dropDefault = command.action else { return false }
    return context.declared.column(column, of: table)?.isNotNull == true
  }

  /// A default goes and comes back around a change of type, in the same statement or a later one.
  private func isRestored(
    _ column: String, after command: Syntax.AlterTableCommand, in alter: Syntax.AlterTable, of table: QualifiedName,
    _ context: StatementContext
  ) -> Bool {
    guard case .dropDefault = command.action else { return false }
    let later = context.later(about: table.name).flatMap { statement in
      guard case .alterTable(let alter) = statement.syntax, context.declared.resolve(alter.name) == table else {
        return [Syntax.AlterTableCommand]()
      }
      return alter.commands
    }
    return (alter.commands.filter { $0.range.lowerBound > command.range.lowerBound } + later).contains { other in
      switch other.action {
      case .setDefault(column, _), .addIdentity(column), .dropColumn(column, _): true
      default: false
      }
    }
  }
}
