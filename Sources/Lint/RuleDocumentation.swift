internal import SQL

/// A rule's page, in Markdown: `docs/rules/RULE.md`, and what `penstock validate --explain RULE` prints.
package struct RuleDocumentation: Sendable {
  package let markdown: String

  package init(_ rule: any Rule) {
    let about = rule.about
    let evidence = about.evidence.map(\.rawValue).joined(separator: ", ")
    let profiles =
      about.profiles.count == LintConfiguration.Profile.allCases.count
      ? "" : " · profile " + about.profiles.map(\.rawValue).sorted().joined(separator: ", ")
    markdown = """
      # \(about.name)

      \(about.summary): \(about.why).

      Severity \(about.severity.rawValue) · evidence \(evidence)\(profiles)

      \(about.explanation)

      ## Bad

      \(Self.render(about.bad))

      ## Good

      \(Self.render(about.good))

      ## Source

      \(about.source)

      """
  }

  /// The table of contents of `docs/rules/`.
  package static var index: String {
    let rows = Rules.all.map { rule in
      let about = rule.about
      return "| [\(about.name)](\(about.name).md) | \(about.severity.rawValue) | \(about.summary) |"
    }
    return """
      # Rules

      Each page is made from its rule in `Sources/Lint/Rules/`; change it there. People who come from another tool find
      its names in [mapping.md](mapping.md).

      | rule | severity | flags |
      |---|---|---|
      \(rows.joined(separator: "\n"))

      """
  }

  /// `docs/rules/mapping.md`: the names that other tools have for our rules.
  package static var mapping: String {
    let sections = RuleDescription.OtherTool.allCases.map { tool in
      var names: [String: [RuleName]] = [:]
      for rule in Rules.all {
        for name in rule.about.others[tool] ?? [] { names[name, default: []].append(rule.about.name) }
      }
      let rows = names.sorted { $0.key < $1.key }.map { name, rules in
        "| \(name) | \(rules.map { "[\($0)](\($0).md)" }.joined(separator: ", ")) |"
      }
      return """
        ## \(tool.rawValue)

        | its name | ours |
        |---|---|
        \(rows.joined(separator: "\n"))
        """
    }
    return """
      # Rules by their names in other tools

      A name may stand for several of ours, each of which has its own severity. squawk's comments
      (`-- squawk-ignore NAME`) are honoured by its names. Where we answer otherwise than a tool's own tests, and why, is
      in [differences.md](differences.md).

      \(sections.joined(separator: "\n\n"))

      """
  }

  private static func effects(of trace: StatementTrace, among count: Int) -> [String] {
    let which = count > 1 ? " by statement \(trace.statement + 1)" : ""
    var effects = trace.locks.map { "\($0.mode.sql) on \($0.relation.sql)\(which)" }
    effects += trace.rewritten.map { "\($0.sql) written anew" }
    effects += trace.scanned.map { "\($0.sql) read as a whole" }
    effects += trace.indexed.map { "indexes of \($0.sql) built" }
    effects += trace.cascades.map { "\($0) dropped as well" }
    return effects + trace.hidden.map { "\($0) changed" }
  }

  private static func render(_ example: RuleExample) -> String {
    var parts: [String] = []
    if !example.appliedVersions.isEmpty {
      parts.append("The target has applied: \(example.appliedVersions.joined(separator: ", ")).")
    }
    for file in example.files {
      if file.path != RuleExample.path { parts.append("`\(file.path)`:") }
      parts.append("```sql\n\(file.sql)\n```")
    }
    let effects: [String] = example.traces.flatMap { Self.effects(of: $0, among: example.traces.count) }
    if !effects.isEmpty { parts.append("On the shadow: \(effects.joined(separator: "; ")).") }
    for problem in example.bodies?.problems ?? [] {
      let place = problem.line.map { ", line \($0) of its body" } ?? ""
      parts.append("plpgsql_check, on the shadow: \(problem.function)\(place): \(problem.message).")
    }
    if let obstacle = example.bodies?.obstacle { parts.append("On the shadow: \(obstacle.reason).") }
    for condition in example.openConditions {
      parts.append("On the shadow, the planner lets every row of \(condition.table) pass.")
    }
    parts += example.replays.map { "Applied a second time: \($0.message)." }
    parts += example.statistics.lines.map { "On the target: \($0)." }
    for (kind, pattern) in example.namePatterns.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      parts.append("With `naming: { \(kind.rawValue): '\(pattern)' }`.")
    }
    if !example.changedFiles.isEmpty { parts.append("The file was another then.") }
    if let schemas = example.apiSchemas {
      parts.append("With `api-schemas: [\(schemas.sorted().joined(separator: ", "))]`.")
    }
    for (table, size) in example.sizes.sorted(by: { $0.key < $1.key }) {
      parts.append("On the target: public.\(table) with \(size).")
    }
    return parts.joined(separator: "\n\n")
  }
}

extension TargetStatistics {
  /// For the pages of rules.
  fileprivate var lines: [String] {
    let tables = tables.sorted { $0.key < $1.key }.flatMap { name, table in
      ["\(name) has \(table.liveRows) rows and \(table.deadRows) dead ones, and was read \(table.reads) times"]
        + table.indexes.map { "its index \($0.name) was used \($0.scans) times in \(table.days ?? 0) days" }
    }
    return tables
      + extensions.sorted { $0.key < $1.key }.map { name, offer in
        offer.available.map { "\(name) is offered in version \($0)" } ?? "\(name) is not offered"
      }
  }
}
