internal import SQL
internal import Schema

/// `superuser-owner`
struct SuperuserOwner: StatementRule {
  let about = RuleDescription(
    name: "superuser-owner",
    severity: .advice,
    evidence: [.ast],
    summary: "Object that is given to a superuser",
    why:
      "row security does not bind its owner, and a view or a SECURITY DEFINER function lends out all rights there are",
    explanation: """
      The superuser is `supabase_admin` on Supabase and `postgres` elsewhere. Give objects to a role that has no more \
      rights than the application needs. Once a file, as a dump says it of each object.
      """,
    bad: """
      alter function public.is_admin() owner to supabase_admin;
      """,
    good: """
      alter function public.is_admin() owner to app_owner;
      """,
    source: "https://www.postgresql.org/docs/15/ddl-rowsecurity.html; "
      + "https://www.postgresql.org/docs/15/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY"
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let superuser = context.configuration.profile == .supabase ? "supabase_admin" : "postgres"
    guard statement.syntax.newOwner == superuser,
      !context.file.statements[..<context.index].contains(where: { $0.syntax.newOwner == superuser })
    else { return [] }
    let more = context.later.count { $0.syntax.newOwner == superuser }
    return [
      context.issue(
        "gives an object to \(superuser), a superuser\(more > 0 ? ", and so do \(more) more statements" : "")",
        at: statement.range, fix: .init(text: "give it to a role of the application's own"))
    ]
  }
}

extension Syntax {
  /// The role that the statement gives what it is about to.
  fileprivate var newOwner: String? {
    let role: RoleName? =
      switch self {
      case .changeOwner(let change): change.newOwner
      case .createSchema(let create): create.owner
      case .alterTable(let alter):
        alter.commands.lazy.compactMap { if case .changeOwner(let owner) = $0.action { owner } else { nil } }.first
      default: nil
      }
    guard case .named(let name) = role else { return nil }
    return name
  }
}
