internal import SQL
internal import Schema

/// `fkey-to-auth-unique`
struct ForeignKeyToAuthUnique: StatementRule {
  let about = RuleDescription(
    name: "fkey-to-auth-unique",
    severity: .error,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Foreign key to a column of auth.users that is not its primary key",
    why: "the platform may drop or change the unique constraint behind it, and its own migrations then fail",
    explanation: """
      Only primary keys of the tables in `auth` are there to be referred to. Refer to `auth.users (id)`.
      """,
    bad: """
      create table public.profiles (email text primary key references auth.users (email) on delete cascade);
      """,
    good: """
      create table public.profiles (id uuid primary key references auth.users (id) on delete cascade);
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0021_fkey_to_auth_unique",
    others: [.splinter: ["0021_fkey_to_auth_unique"]]
  )

  var statementKinds: Syntax.Kinds { [.createTable, .alterTable] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let (name, constraints) = statement.syntax.addedConstraints else { return [] }
    let table = context.declared.resolve(name)
    return constraints.compactMap { constraint in
      guard let reference = constraint.reference, reference.table.schema == "auth", !reference.columns.isEmpty,
        reference.columns != ["id"]
      else { return nil }
      let columns = reference.columns.joined(separator: ", ")
      return context.issue(
        "\(table) refers to \(reference.table) (\(columns)), which is not its primary key",
        at: constraint.range,
        object: ObjectName(table),
        fix: .init(text: "refer to auth.users (id)"))
    }
  }
}
