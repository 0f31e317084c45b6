internal import SQL

/// `extension-in-public`
struct ExtensionInPublic: StatementRule {
  let about = RuleDescription(
    name: "extension-in-public",
    severity: .warning,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Extension installed in the schema public",
    why: "the API offers its functions to clients, and its names stand in the way of yours",
    explanation: """
      Without a schema an extension goes into the first one of the `search_path`, which is `public`. Write `with schema \
      extensions`. Left alone are extensions that choose their schema themselves, and those that Supabase has installed \
      already when the statement says `if not exists`.
      """,
    bad: """
      create extension if not exists pg_trgm;
      """,
    good: """
      create extension if not exists pg_trgm with schema extensions;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0014_extension_in_public",
    others: [.splinter: ["0014_extension_in_public"]]
  )

  /// Their control files name the schema, or they make one.
  private static let placeThemselves: Set = [
    "pg_cron", "pg_net", "pgmq", "pg_graphql", "pgsodium", "supabase_vault", "plpgsql", "pg_tle", "postgis_topology",
    "postgis_tiger_geocoder", "pgaudit", "pg_repack", "plv8", "pljava", "adminpack",
  ]
  private static let installed: Set = ["uuid-ossp", "pgcrypto", "pg_stat_statements", "pgjwt"]

  var statementKinds: Syntax.Kinds { .createExtension }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createExtension(let create) = statement.syntax, !Self.placeThemselves.contains(create.name),
      !(create.ifNotExists && Self.installed.contains(create.name))
    else { return [] }
    if let schema = create.schema {
      guard schema == "public" else { return [] }
    } else if context.session.value(of: "search_path").map({ !$0.hasPrefix("public") }) == true {
      return []
    }
    guard !isMovedLater(create.name, context) else { return [] }
    let end = statement.range.upperBound
    let isBare = create.schema == nil && create.version == nil && !create.cascade
    let hasWith = context.file.words(of: statement).contains { $0.text == "with" }
    return [
      context.issue(
        "extension \(Quoting.identifier(create.name)) is installed in public",
        at: statement.range,
        fix: .init(
          text: "with schema extensions",
          edits: isBare && !hasWith ? [.init(range: end..<end, newText: " with schema extensions")] : []))
    ]
  }

  private func isMovedLater(_ name: String, _ context: StatementContext) -> Bool {
    context.later.contains { statement in
      guard case .setSchema(let move) = statement.syntax, move.object.kind == .extension else { return false }
      return move.object.name.name == name && move.newSchema != "public"
    }
  }
}
