internal import Basics
package import Configuration

extension LintConfiguration {
  /// Reads the `lint:` section of a `penstock.yaml`.
  ///
  /// What the section leaves out is as without a file, and so is everything when there is no section. The file's other
  /// keys belong to others.
  /// - Parameter file: The name that problems carry.
  /// - Throws: Every problem, each with line and column.
  package init(yaml: String, file: String, defaultProfile: Profile = .supabase) throws(InvalidFile) {
    guard yaml.contains("lint") else {
      self.init(profile: defaultProfile)
      return
    }
    self = try YAMLFile.read(yaml, file: file) { root in
      let section = root.entries?.first { $0.key == "lint" }?.value
      var configuration = LintConfiguration(profile: defaultProfile)
      if let section, !section.isEmpty { configuration.read(section) }
      return configuration
    }
  }

  /// Reads a mapping of rule names to severities, as a pipeline's `validate` stage has it too.
  ///
  /// Reports what is wrong with it at its place.
  package static func severities(_ value: YAMLValue) -> [RuleName: Severity] {
    var severities: [RuleName: Severity] = [:]
    for (name, level) in value.entries ?? [] {
      guard let rule = Rules.named(name) else {
        value.report("there is no rule \(name)\(Spelling.hint(for: name, among: Rules.names))", atKey: name)
        continue
      }
      if let severity = level.choice(of: Severity.self) { severities[rule.about.name] = severity }
    }
    return severities
  }

  /// Lets a pipeline's severities stand over those of the repository.
  package mutating func narrow(with severities: [RuleName: Severity]) {
    self.severities.merge(severities) { $1 }
  }

  private mutating func read(_ section: YAMLValue) {
    guard let keys = section.mapping(["profile", "rules", "paths", "exempt", "naming", "api-schemas", "sizes"]) else {
      return
    }
    if let profile = keys["profile"]?.choice(of: Profile.self) { self.profile = profile }
    if let rules = keys["rules"], !rules.isEmpty { severities = Self.severities(rules) }
    if let paths = keys["paths"]?.list { overrides = paths.compactMap(Self.override) }
    if let exempt = keys["exempt"]?.mapping(["schemas", "tables"]) {
      if let schemas = exempt["schemas"]?.strings { exemptSchemas = Set(schemas) }
      if let tables = exempt["tables"]?.strings { exemptTables = Set(tables) }
    }
    if let naming = keys["naming"]?.mapping(["file"] + NamePattern.allCases.map(\.rawValue)) {
      if let pattern = naming["file"].flatMap(Self.pattern) { fileNamePattern = pattern }
      for kind in NamePattern.allCases { namePatterns[kind] = naming[kind.rawValue].flatMap(Self.pattern) }
    }
    if let sizes = keys["sizes"]?.mapping(["small", "large"]) {
      if let small = sizes["small"]?.byteCount { smallTable = small }
      if let large = sizes["large"]?.byteCount { largeTable = large }
    }
    if let schemas = keys["api-schemas"]?.strings { apiSchemas = Set(schemas) }
  }

  private static func override(_ value: YAMLValue) -> PathOverride? {
    guard let keys = value.mapping(["match", "rules"]),
      let files = keys.required("match")?.glob,
      let rules = keys.required("rules")
    else { return nil }
    return PathOverride(files: files, severities: severities(rules))
  }

  private static func pattern(_ value: YAMLValue) -> String? {
    guard let text = value.string else { return nil }
    do {
      _ = try Regex(text)
      return text
    } catch {
      value.report("this is no regular expression: \(error)")
      return nil
    }
  }
}

extension YAMLValue {
  /// Whether the key stands alone.
  fileprivate var isEmpty: Bool {
    isScalar && ["", "~", "null"].contains(string ?? "")
  }
}
