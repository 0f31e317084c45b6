package import Basics
internal import Schema

/// What a repository wants of the rules: the `lint:` section of its `penstock.yaml`, narrowed by a pipeline's stage.
package struct LintConfiguration: Hashable, Sendable {
  /// What kind of database the migrations are for. Rules that only make sense on Supabase stay silent elsewhere.
  package var profile: Profile
  /// Severities that differ from the rules' own.
  package var severities: [RuleName: Severity] = [:]
  /// Severities for some paths only; where several match a path, the last one that names the rule counts.
  package var overrides: [PathOverride] = []
  /// Schemas whose objects no rule judges, besides those that the profile leaves to the platform.
  package var exemptSchemas: Set<String> = []
  /// Tables that no rule judges, as `schema.table`; a name alone is one of `public`.
  package var exemptTables: Set<String> = []
  /// The schemas that clients reach through the API.
  package var apiSchemas: Set<String> = ["public"]
  /// The regular expression that a migration's file name must match as a whole.
  package var fileNamePattern = #"\d{14}_[a-z0-9_]+\.sql"#
  /// The regular expressions that names must match as a whole; kinds that are not here are free.
  package var namePatterns: [NamePattern: String] = [:]
  /// From this many bytes on, indexes included, a lock on a table of the target weighs as an error.
  package var largeTable = 1 << 30
  /// Below this many bytes, a lock on a table of the target is no more than an advice: it is let go at once.
  package var smallTable = 10 << 20

  package enum Profile: String, Sendable, CaseIterable {
    case supabase
    case postgres
  }

  package struct PathOverride: Hashable, Sendable {
    /// Over the path from the repository's root.
    package var files: Glob
    package var severities: [RuleName: Severity]

    package init(files: Glob, severities: [RuleName: Severity]) {
      self.files = files
      self.severities = severities
    }
  }

  package init(profile: Profile = .supabase) {
    self.profile = profile
  }

  /// The severity of a rule's findings in the file at `path`.
  func severity(of rule: any Rule, path: String) -> Severity {
    let name = rule.about.name
    let override = overrides.last { $0.severities[name] != nil && $0.files.matches(path) }
    return override?.severities[name] ?? severities[name] ?? rule.about.severity
  }

  /// Whether the repository or its pipeline says how much the rule weighs in the file at `path`.
  func isConfigured(_ rule: any Rule, path: String) -> Bool {
    let name = rule.about.name
    return severities[name] != nil || overrides.contains { $0.severities[name] != nil && $0.files.matches(path) }
  }

  /// Whether no finding of the rule can be shown anywhere, so that it need not run.
  func silences(_ rule: any Rule) -> Bool {
    let name = rule.about.name
    guard rule.about.profiles.contains(profile) else { return true }
    guard (severities[name] ?? rule.about.severity) == .off else { return false }
    return overrides.allSatisfy { ($0.severities[name] ?? .off) == .off }
  }

  /// Whether the repository asks rules to leave the object alone.
  func isExempt(schema: String, table: String?) -> Bool {
    if exemptSchemas.contains(schema) { return true }
    guard let table else { return false }
    return exemptTables.contains("\(schema).\(table)") || (schema == "public" && exemptTables.contains(table))
  }
}

extension LintConfiguration.Profile {
  /// Whether a schema's objects belong to the server, the platform or Penstock, and not to the repository.
  ///
  /// What such an object is like is not for the repository to mend; what its statements do to one still is.
  func isPlatform(_ schema: String) -> Bool {
    let managed =
      switch self {
      case .postgres: Scope.postgres.managedSchemas
      case .supabase: Scope.supabase.managedSchemas
      }
    return (Self.everywhere + managed).contains { pattern in
      pattern.hasSuffix("*") ? schema.hasPrefix(pattern.dropLast()) : schema == pattern
    }
  }

  private static let everywhere = ["information_schema", "penstock", "pg_*", "supabase_migrations"]
}
