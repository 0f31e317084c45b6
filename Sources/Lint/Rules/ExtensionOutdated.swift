internal import SQL
internal import Schema

/// `extension-outdated`
struct ExtensionOutdated: CatalogRule {
  let about = RuleDescription(
    name: "extension-outdated",
    severity: .warning,
    evidence: [.statistics],
    summary: "Extension that is, or will be, in another version than the target offers",
    why: "mistakes that are mended, security holes among them, are mended in the newer one",
    explanation: """
      Looked at are the extensions that pending migrations create or change. PostgreSQL never updates one by itself, not \
      even when the server is upgraded: `ALTER EXTENSION … UPDATE` does. A version that a migration writes out is held \
      for good, too: leave it out where you do not need it.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "create extension if not exists pg_trgm with schema extensions version '1.3';")],
      statistics: TargetStatistics(extensions: ["pg_trgm": .init(installed: nil, available: "1.6")])),
    good: RuleExample(
      files: [(RuleExample.path, "create extension if not exists pg_trgm with schema extensions;")],
      statistics: TargetStatistics(extensions: ["pg_trgm": .init(installed: nil, available: "1.6")])),
    source: "https://www.postgresql.org/docs/15/sql-alterextension.html",
    others: [.splinter: ["0022_extension_versions_outdated"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    var last: [String: (place: Place, version: String)] = [:]
    for (index, file) in context.input.files.enumerated() where file.isPending {
      for statement in file.statements {
        guard let (name, version) = Self.version(after: statement.syntax, context.input.statistics) else { continue }
        last[name] = (Place(file: index, range: statement.range), version)
      }
    }
    return last.sorted { $0.key < $1.key }.compactMap { name, state in
      guard let available = context.input.statistics.extensions[name]?.available, available != state.version else {
        return nil
      }
      let update = "alter extension \(Quoting.identifier(name)) update;"
      return Issue(
        place: state.place,
        message: "extension \(name) stays at version \(state.version), and the target offers \(available)",
        fix: .init(text: "leave the version out, or: \(update)"), evidence: .statistics, certainty: .measured)
    }
  }

  /// The version that an extension has after the statement.
  private static func version(
    after syntax: Syntax, _ statistics: TargetStatistics
  ) -> (name: String, version: String)? {
    switch syntax {
    case .createExtension(let create):
      guard let versions = statistics.extensions[create.name] else { return nil }
      if create.ifNotExists, let installed = versions.installed { return (create.name, installed) }
      return (create.version ?? versions.available).map { (create.name, $0) }
    case .alterExtension(let alter):
      guard let versions = statistics.extensions[alter.name] else { return nil }
      if case .update(let version) = alter.action { return (version ?? versions.available).map { (alter.name, $0) } }
      return versions.installed.map { (alter.name, $0) }
    default:
      return nil
    }
  }
}
