internal import SQL
internal import Schema

/// `set-schema`
struct SetSchemaRule: StatementRule {
  let about = RuleDescription(
    name: "set-schema",
    severity: .warning,
    evidence: [.ast],
    summary: "Object moved to another schema",
    why: "clients that name it with its old schema fail at once, and grants on the new schema decide who sees it",
    explanation: """
      For an API that serves one schema, moving a table out of it takes it away, and moving one in publishes it. What \
      the pending migrations create is left alone.
      """,
    bad: """
      alter table public.customers set schema private;
      """,
    good: """
      create table if not exists private.customers (id bigint primary key);
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html (SET SCHEMA)"
  )

  var statementKinds: Syntax.Kinds { .setSchema }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .setSchema(let move) = statement.syntax, move.object.kind != .extension else { return [] }
    let name = context.declared.resolve(move.object.name)
    guard !context.declared.isCreatedByPendingFiles(name),
      !context.declared.isCreatedByPendingFiles(ObjectKey(kind: move.object.kind, name: name))
    else { return [] }
    return [
      context.issue(
        "\(move.object) moves to schema \(Quoting.identifier(move.newSchema))",
        at: statement.range,
        object: ObjectName(name),
        fix: .init(text: "leave a view or function under the old name until nobody uses it any more"))
    ]
  }
}
