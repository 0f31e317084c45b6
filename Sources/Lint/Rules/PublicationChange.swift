internal import SQL
internal import Schema

/// `publication-change`
struct PublicationChange: StatementRule {
  let about = RuleDescription(
    name: "publication-change",
    severity: .warning,
    evidence: [.ast],
    summary: "Publication that loses tables, or is dropped",
    why: "subscribers, Realtime among them, hear nothing of those tables any more",
    explanation: """
      `DROP TABLE` and `SET TABLE` take tables out of a publication: subscribers see no error, only silence. `ADD TABLE` \
      is left alone, and so are publications that the pending migrations create.
      """,
    bad: """
      alter publication supabase_realtime drop table public.messages;
      """,
    good: """
      alter publication supabase_realtime add table public.messages;
      """,
    source: "https://www.postgresql.org/docs/15/sql-alterpublication.html"
  )

  var statementKinds: Syntax.Kinds { [.alterPublication, .drop] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let message: String
    switch statement.syntax {
    case .alterPublication(let alter) where alter.action != .add:
      let tables = alter.members.tables.map(\.description) + alter.members.schemas.map { "schema \($0)" }
      // Options only.
      guard !tables.isEmpty || alter.members.allTables, !isNew(alter.name, context) else { return [] }
      message =
        alter.action == .drop
        ? "publication \(alter.name) no longer has \(tables.joined(separator: ", "))"
        : "publication \(alter.name) has only \(tables.joined(separator: ", ")) from now on"
    case .drop(let drop) where drop.kind == .publication:
      guard let object = drop.objects.first(where: { !isNew($0.name.name, context) }),
        !context.later(about: object.name.name).contains(where: { $0.makesPublication(object.name.name) })
      else { return [] }
      message = "drops \(object)"
    default:
      return []
    }
    return [
      context.issue(
        message, at: statement.range, fix: .init(text: "say in a suppression's reason that nobody subscribes"))
    ]
  }

  private func isNew(_ name: String, _ context: StatementContext) -> Bool {
    context.declared.isCreatedByPendingFiles(.publication, named: name)
  }
}

extension Statement {
  fileprivate func makesPublication(_ name: String) -> Bool {
    if case .createPublication(let create) = syntax { create.name == name } else { false }
  }
}
