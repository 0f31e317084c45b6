internal import SQL

/// `creating-enum`
struct CreatingEnum: StatementRule {
  let about = RuleDescription(
    name: "creating-enum",
    severity: .advice,
    evidence: [.ast],
    summary: "New enum",
    why: "a value can never be removed, nor its place changed, without a new type and a rewrite of every table with it",
    explanation: """
      A table of the values with a foreign key, or a check, can change. An enum is right where the values are settled.
      """,
    bad: """
      create type public.status as enum ('open', 'closed');
      """,
    good: """
      create table public.statuses (name text primary key);
      """,
    source: "https://www.postgresql.org/docs/15/datatype-enum.html",
    others: [.languageServer: ["creatingEnum"], .eugene: ["W13"]]
  )

  var statementKinds: Syntax.Kinds { .createType }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createType(let create) = statement.syntax, case .enumeration = create.kind else { return [] }
    let name = context.declared.resolve(create.name)
    return [
      context.issue(
        "enum \(name): its values can be added to, not removed", at: statement.range, object: ObjectName(name),
        fix: .init(text: "use a table or a check where the values will change"))
    ]
  }
}
