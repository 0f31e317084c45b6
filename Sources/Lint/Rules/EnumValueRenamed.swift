internal import SQL
internal import Schema

/// `enum-value-renamed`
struct EnumValueRenamed: StatementRule {
  let about = RuleDescription(
    name: "enum-value-renamed",
    severity: .warning,
    evidence: [.ast],
    summary: "Renamed value of an enum",
    why: "clients that still send or expect the old value fail, and functions whose bodies have it do too",
    explanation: """
      Add the new value beside the old one, move clients and rows, and let the old one be. Types that the pending \
      migrations create are left alone.
      """,
    bad: """
      alter type public.status rename value 'done' to 'closed';
      """,
    good: """
      alter type public.status add value if not exists 'closed' after 'done';
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertype.html",
    others: [.strongMigrations: ["rename_enum_value"]]
  )

  var statementKinds: Syntax.Kinds { [.alterEnum, .rename] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterEnum(let alter) = statement.syntax, case .rename(let old, let new) = alter.action else {
      return []
    }
    let type = context.declared.resolve(alter.type)
    guard !context.declared.isCreatedByPendingFiles(ObjectKey(kind: .type, name: type)) else { return [] }
    return [
      context.issue(
        "value \(Quoting.literal(old)) of \(type) is \(Quoting.literal(new)) from now on",
        at: statement.range,
        object: ObjectName(type),
        fix: .init(text: "add the new value beside the old one"))
    ]
  }
}
