internal import SQL

/// `grant-to-public-or-anon`
struct GrantToPublicOrAnon: StatementRule {
  let about = RuleDescription(
    name: "grant-to-public-or-anon",
    severity: .warning,
    evidence: [.ast],
    summary: "Right to write that is granted to everyone",
    why: "whoever can connect, or has the project's public key, has it",
    explanation: """
      Reported are grants of anything but SELECT, USAGE and EXECUTE to `public`, and on Supabase to `anon`, and of \
      SELECT on a table to `public`. Row level security may still stand in the way; a right that is not granted is the \
      surer guard. Default privileges count too. Of each file the first is shown.
      """,
    bad: """
      grant all on public.notes to public;
      """,
    good: """
      grant select on public.notes to authenticated;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-priv.html"
  )

  var statementKinds: Syntax.Kinds { [.grant, .alterDefaultPrivileges] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let (writes, grantee, object) = grant(statement, context),
      context.firstEarlier("a grant to everyone", where: { grant($0, context) != nil }) == nil
    else { return [] }
    let count = context.later.count { grant($0, context) != nil }
    let more = count > 0 ? ", and \(count) grant\(count == 1 ? "" : "s") like it" : ""
    return [
      context.issue(
        "grants \(writes.joined(separator: ", ")) to \(grantee)\(more)",
        at: statement.range,
        object: object.map { ObjectName(context.declared.resolve($0)) },
        fix: .init(text: "grant what is needed to the role that needs it"))
    ]
  }

  private func grant(
    _ statement: Statement, _ context: StatementContext
  ) -> (writes: [String], grantee: Syntax.RoleName, object: Syntax.QualifiedName?)? {
    let grant: Syntax.Grant
    switch statement.syntax {
    case .grant(let direct): grant = direct
    case .alterDefaultPrivileges(let defaults): grant = defaults.grant
    default: return nil
    }
    guard grant.isGrant, [.table, .sequence, .schema, .view, .column].contains(grant.objectKind) else { return nil }
    let isSupabase = context.configuration.profile == .supabase
    let grantees = grant.grantees.filter { $0 == .everyone || isSupabase && $0 == .named("anon") }
    guard let grantee = grantees.first else { return nil }
    let names = grant.privileges.isEmpty ? ["all"] : grant.privileges.map(\.name)
    let harmless: Set = grantee == .everyone && grant.objectKind == .table ? ["usage"] : ["select", "usage", "execute"]
    let writes = names.filter { !harmless.contains($0) }
    return writes.isEmpty ? nil : (writes, grantee, grant.objects.first?.name)
  }
}
