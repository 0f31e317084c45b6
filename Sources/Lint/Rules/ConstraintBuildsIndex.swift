internal import SQL
internal import Schema

/// `unique-without-index`, `primary-key-without-index`, `exclusion-constraint`
struct ConstraintBuildsIndex: StatementRule {
  let about: RuleDescription
  private let kind: Syntax.Constraint.Kind

  static let unique = ConstraintBuildsIndex(
    kind: .unique,
    about: RuleDescription(
      name: "unique-without-index",
      severity: .warning,
      evidence: [.ast, .trace],
      summary: "Unique constraint added to an existing table",
      why: "its index is built under ACCESS EXCLUSIVE: nobody reads or writes the table until then",
      explanation: """
        Build the index first, in a migration of its own, with `CREATE UNIQUE INDEX CONCURRENTLY`, and then add the \
        constraint `USING INDEX`, which takes no time. Tables that the pending migrations create are left alone.
        """,
      bad: """
        alter table public.customers add constraint customers_email_key unique (email);
        """,
      good: """
        alter table public.customers add constraint customers_email_key unique using index customers_email_idx;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html (ADD table_constraint_using_index); measured",
      others: [
        .squawk: ["disallowed-unique-constraint"], .pgfence: ["add-constraint-unique"], .eugene: ["E7"],
        .atlas: ["PG105"], .strongMigrations: ["add_unique_constraint"], .djangoMigrationLinter: ["ADD_UNIQUE"],
      ]))

  static let primaryKey = ConstraintBuildsIndex(
    kind: .primaryKey,
    about: RuleDescription(
      name: "primary-key-without-index",
      severity: .warning,
      evidence: [.ast, .trace],
      summary: "Primary key added to an existing table",
      why: "its index is built, and its columns are searched for NULL, under ACCESS EXCLUSIVE",
      explanation: """
        Build the index first, in a migration of its own, with `CREATE UNIQUE INDEX CONCURRENTLY`, make the columns \
        NOT NULL without a scan (see `set-not-null-scan`), and then add the key `USING INDEX`, which takes no time. \
        Tables that the pending migrations create are left alone.
        """,
      bad: """
        alter table public.customers add primary key (id);
        """,
      good: """
        alter table public.customers add constraint customers_pkey primary key using index customers_id_idx;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html (ADD table_constraint_using_index); measured",
      others: [
        .squawk: ["adding-serial-primary-key-field"], .languageServer: ["addingPrimaryKeyConstraint"],
        .pgfence: ["add-pk-without-using-index"], .eugene: ["W14"], .atlas: ["PG104", "PG304"],
      ]))

  static let exclusion = ConstraintBuildsIndex(
    kind: .exclusion,
    about: RuleDescription(
      name: "exclusion-constraint",
      severity: .warning,
      evidence: [.ast, .trace],
      summary: "Exclusion constraint added to an existing table",
      why: "its index is built under ACCESS EXCLUSIVE, and there is no other way to add one",
      explanation: """
        An exclusion constraint cannot take an index that is already there, and cannot be NOT VALID. Where the table is \
        large, make a new one with the constraint and move the rows. Tables that the pending migrations create are \
        left alone.
        """,
      bad: """
        alter table public.bookings add constraint no_overlap exclude using gist (period with &&);
        """,
      good: """
        create table if not exists public.bookings (
          id bigint primary key,
          period tstzrange not null,
          constraint no_overlap exclude using gist (period with &&)
        );
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html; measured: building index, ACCESS EXCLUSIVE",
      others: [
        .languageServer: ["avoidAddingExclusionConstraint"], .pgfence: ["add-constraint-exclude"], .eugene: ["E8"],
        .strongMigrations: ["add_exclusion_constraint"],
      ]))

  private init(kind: Syntax.Constraint.Kind, about: RuleDescription) {
    self.kind = kind
    self.about = about
  }

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.flatMap { command -> [Issue] in
      let constraints: [Syntax.Constraint]
      switch command.action {
      case .addConstraint(let constraint): constraints = [constraint]
      case .addColumn(let column, _): constraints = column.constraints
      default: constraints = []
      }
      return constraints.filter { $0.kind == kind && $0.usingIndex == nil }.map { constraint in
        let columns = constraint.columns.map { Quoting.identifier($0) }.joined(separator: ", ")
        return context.issue(
          "an index on \(table) (\(columns)) is built while nobody can use the table",
          at: constraint.range,
          object: ObjectName(table),
          fix: fix(constraint, table, columns, alter, statement, context))
      }
    }
  }

  private func fix(
    _ constraint: Syntax.Constraint, _ table: QualifiedName, _ columns: String, _ alter: Syntax.AlterTable,
    _ statement: Statement, _ context: StatementContext
  ) -> Issue.Fix {
    guard kind != .exclusion else { return .init(text: "where the table is large, make a new one and move the rows") }
    let name = Quoting.identifier(constraint.knownName(on: table.name))
    let words = kind == .unique ? "unique" : "primary key"
    let index = Quoting.identifier("\(constraint.knownName(on: table.name))_idx")
    let build = "create unique index concurrently if not exists \(index) on \(table) (\(columns));"
    let add = "alter table \(table) add constraint \(name) \(words) using index \(index);"
    let text = "in a migration of its own: \(build)\nthen: \(add)"
    let isPlain = constraint.columns.allSatisfy { column in
      kind == .unique || context.declared.column(column, of: table)?.isNotNull == true
    }
    guard case .addConstraint = alter.commands.first?.action, alter.commands.count == 1, isPlain,
      !constraint.columns.isEmpty, constraint.isPlain(in: statement), index.utf8.count <= 63,
      !context.declared.isPartitioned(table), !context.file.hasDirective, context.isIndependentOfSession,
      !context.isNeededLater(statement, asAnyOf: [table.name])
    else { return .init(text: text) }
    let slug = FileNameFormat.slug(of: constraint.knownName(on: table.name), default: "key")
    return .replacing(
      statement,
      by: [.init(name: "build_\(slug)", sql: build, isTransaction: false), .init(name: "add_\(slug)", sql: add)],
      text: text, in: context)
  }
}

extension Syntax.Constraint {
  /// Whether it is no more than its columns: no DEFERRABLE, INCLUDE, WITH or NULLS NOT DISTINCT, which its index or it
  /// would have to have too.
  fileprivate func isPlain(in statement: Statement) -> Bool {
    let text = statement.text.utf8.dropFirst(range.lowerBound - statement.range.lowerBound).prefix(range.count)
    let words = String(text)?.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") } ?? []
    return !isDeferrable && !["include", "with", "nulls", "tablespace"].contains { words.contains($0[...]) }
  }
}
