internal import SQL
internal import Schema

/// `rename-table`, `rename-column`, `rename-other`
struct RenameRule: StatementRule {
  let about: RuleDescription
  private let kinds: Set<Syntax.ObjectKind>

  static let table = RenameRule(
    [.table, .foreignTable],
    RuleDescription(
      name: "rename-table",
      severity: .warning,
      evidence: [.ast],
      summary: "Renamed table",
      why: "clients that still say the old name fail at once",
      explanation: """
        Between the migration and the last client's update there is always a while. A view under the old name, \
        made in the same migration, carries them over. Tables that the pending migrations create are left alone, and \
        so is a table under whose old name the file makes a view or table.
        """,
      bad: """
        alter table public.clients rename to customers;
        """,
      good: """
        alter table public.clients rename to customers;
        create view public.clients with (security_invoker = on) as select * from public.customers;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html",
      others: [
        .squawk: ["renaming-table"], .languageServer: ["renamingTable"], .pgfence: ["rename-table"], .atlas: ["BC101"],
        .strongMigrations: ["rename_table"], .djangoMigrationLinter: ["RENAME_TABLE"],
      ]))

  static let column = RenameRule(
    [.column],
    RuleDescription(
      name: "rename-column",
      severity: .warning,
      evidence: [.ast],
      summary: "Renamed column",
      why: "clients that still say the old name fail at once",
      explanation: """
        Add a column under the new name, keep both filled, move the clients, and drop the old one later. Tables and \
        columns that the pending migrations create are left alone.
        """,
      bad: """
        alter table public.customers rename column mail to email;
        """,
      good: """
        alter table public.customers add column if not exists email text;
        """,
      source: "https://www.postgresql.org/docs/15/sql-altertable.html",
      others: [
        .squawk: ["renaming-column"], .languageServer: ["renamingColumn"], .pgfence: ["rename-column"],
        .atlas: ["BC102"], .strongMigrations: ["rename_column"], .djangoMigrationLinter: ["RENAME_COLUMN"],
      ]))

  static let other = RenameRule(
    [
      .view, .materializedView, .function, .procedure, .routine, .aggregate, .type, .domain, .schema, .sequence,
      .attribute,
    ],
    RuleDescription(
      name: "rename-other",
      severity: .warning,
      evidence: [.ast],
      summary: "Renamed view, function, type, domain, schema or sequence",
      why: "clients that still say the old name fail at once, and so do functions whose bodies say it",
      explanation: """
        PostgreSQL follows a rename in views and constraints, not in the bodies of functions. What the pending \
        migrations create is left alone, and so are what the file makes anew under the old name, indexes, constraints, triggers and policies, which no client names.
        """,
      bad: """
        alter view public.open_invoices rename to unpaid_invoices;
        """,
      good: """
        create or replace view public.unpaid_invoices with (security_invoker = on) as
          select * from public.open_invoices;
        """,
      source: "https://www.postgresql.org/docs/15/sql-alterview.html",
      others: [.pgfence: ["rename-schema"], .strongMigrations: ["rename_schema"]]))

  private init(_ kinds: Set<Syntax.ObjectKind>, _ about: RuleDescription) {
    self.kinds = kinds
    self.about = about
  }

  var statementKinds: Syntax.Kinds { .rename }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .rename(let rename) = statement.syntax, kinds.contains(rename.object.kind) else { return [] }
    let name = context.declared.resolve(rename.object.owner ?? rename.object.name)
    let key = ObjectKey(kind: rename.object.kind, name: name)
    switch rename.object.kind {
    case .table, .foreignTable:
      let successors: [Syntax.ObjectKind] = [.view, .table, .materializedView]
      guard context.existingTable(rename.object.name) != nil,
        !successors.contains(where: { context.isMadeAnewLater(ObjectKey(kind: $0, name: name)) })
      else { return [] }
    case .column:
      guard !context.declared.isAddedByPendingFiles(rename.object.name.name, to: name),
        !context.declared.isCreatedByPendingFiles(ObjectKey(kind: .view, name: name))
      else { return [] }
    case .attribute:
      guard !context.declared.isCreatedByPendingFiles(ObjectKey(kind: .type, name: name)) else { return [] }
    default:
      guard !context.declared.isCreatedByPendingFiles(key), !context.isMadeAnewLater(key) else { return [] }
    }
    return [
      context.issue(
        "\(rename.object) is called \(Quoting.identifier(rename.newName)) from now on",
        at: statement.range,
        object: rename.object.kind == .schema ? ObjectName(schema: name.name) : ObjectName(name),
        fix: .init(text: "leave something under the old name until nobody uses it any more"))
    ]
  }
}
