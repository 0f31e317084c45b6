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
      surer guard. Default privileges count too.
      """,
    bad: """
      grant all on public.notes to public;
      """,
    good: """
      grant select on public.notes to authenticated;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-priv.html"
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let grant: Syntax.Grant
    switch statement.syntax {
    case .grant(let direct): grant = direct
    case .alterDefaultPrivileges(let defaults): grant = defaults.grant
    default: return []
    }
    guard grant.isGrant, [.table, .sequence, .schema, .view, .column].contains(grant.objectKind) else { return [] }
    let isSupabase = context.configuration.profile == .supabase
    let grantees = grant.grantees.filter { $0 == .everyone || isSupabase && $0 == .named("anon") }
    guard let grantee = grantees.first else { return [] }
    let names = grant.privileges.isEmpty ? ["all"] : grant.privileges.map(\.name)
    let harmless: Set = grantee == .everyone && grant.objectKind == .table ? ["usage"] : ["select", "usage", "execute"]
    let writes = names.filter { !harmless.contains($0) }
    guard !writes.isEmpty else { return [] }
    return [
      context.issue(
        "grants \(writes.joined(separator: ", ")) to \(grantee)",
        at: statement.range,
        object: grant.objects.first.map { ObjectName(context.declared.resolve($0.name)) },
        fix: .init(text: "grant what is needed to the role that needs it"))
    ]
  }
}
