internal import SQL
internal import Schema

/// `extension-unavailable`
struct ExtensionUnavailable: CatalogRule {
  let about = RuleDescription(
    name: "extension-unavailable",
    severity: .error,
    evidence: [.statistics],
    summary: "Extension that the target does not have, or lets only a superuser create",
    why: "the promotion would fail there",
    explanation: """
      A shadow has what is installed on its own machine, and stand-ins for what only hosted platforms have; what there \
      is to create on the target, the target says. Extensions that are created there already are left alone, for `if \
      not exists`.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "create extension if not exists vector with schema extensions;")],
      statistics: TargetStatistics(extensions: ["vector": .init(installed: nil, available: nil)])),
    good: RuleExample(
      files: [(RuleExample.path, "create extension if not exists vector with schema extensions;")],
      statistics: TargetStatistics(extensions: ["vector": .init(installed: nil, available: "0.8.0")])),
    source: "https://www.postgresql.org/docs/15/view-pg-available-extension-versions.html"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.input.files.enumerated().filter(\.element.isPending).flatMap { index, file in
      file.statements.compactMap { statement -> Issue? in
        guard case .createExtension(let create) = statement.syntax,
          let offer = context.input.statistics.extensions[create.name], offer.installed == nil,
          let (message, way) = Self.obstacle(to: Quoting.identifier(create.name), offer)
        else { return nil }
        return Issue(
          place: Place(file: index, range: statement.range), message: message, fix: .init(text: way),
          evidence: .statistics, certainty: .measured)
      }
    }
  }

  private static func obstacle(
    to name: String, _ offer: TargetStatistics.ExtensionVersions
  ) -> (message: String, way: String)? {
    if offer.available == nil {
      ("the target has no extension \(name)", "install it on the target's server, or have it offered there")
    } else if offer.isSuperusers {
      ("on the target only a superuser may create the extension \(name)", "have it created there before")
    } else {
      nil
    }
  }
}
