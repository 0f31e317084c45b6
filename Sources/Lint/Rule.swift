package import SQL
internal import Schema

/// One thing that can be wrong with a migration.
///
/// A rule is one file in `Rules/`: what it says of itself, and its check. It conforms to the protocols of the evidence
/// that it looks at, ``FileRule``, ``StatementRule``, ``CatalogRule`` or ``TraceRule``, to one or to several. It is stateless, knows
/// nothing of severities, suppressions or output, and answers with ``Issue``s, which the ``Linter`` turns into findings.
package protocol Rule: Sendable {
  var about: RuleDescription { get }
}

/// A rule with a check of its own, by what it looks at.
///
/// Said by the rule's type: to find out by casting which of the protocols a rule conforms to, takes a process longer, the
/// first time, than to check a hundred files.
protocol CheckingRule: Rule {
  var asFileRule: (any FileRule)? { get }
  var asStatementRule: (any StatementRule)? { get }
  var asTracedStatementRule: (any TracedStatementRule)? { get }
  var asCatalogRule: (any CatalogRule)? { get }
  var asTraceRule: (any TraceRule)? { get }
}

extension CheckingRule {
  var asFileRule: (any FileRule)? { nil }
  var asStatementRule: (any StatementRule)? { nil }
  var asTracedStatementRule: (any TracedStatementRule)? { nil }
  var asCatalogRule: (any CatalogRule)? { nil }
  var asTraceRule: (any TraceRule)? { nil }
}

/// A rule that looks at the files themselves: names, bytes, literals.
protocol FileRule: CheckingRule {
  func check(_ file: LintFile, in context: FileContext) -> [Issue]
}

extension FileRule {
  var asFileRule: (any FileRule)? { self }
}

/// A rule that looks at one statement at a time, and at what the statements before it have declared.
///
/// It is called for the statements of the pending files only, those of a file in their order.
protocol StatementRule: CheckingRule {
  /// The kinds of statements that it has to see: for all others it has nothing to say.
  var statementKinds: Syntax.Kinds { get }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue]
}

extension StatementRule {
  var statementKinds: Syntax.Kinds { .all }

  var asStatementRule: (any StatementRule)? { self }
}

/// A rule that looks at the schema after the last migration.
///
/// It is called once. Whether the schema was read from a server or concluded from the files is the context's affair.
protocol CatalogRule: CheckingRule {
  func check(_ context: CatalogContext) -> [Issue]
}

extension CatalogRule {
  var asCatalogRule: (any CatalogRule)? { self }
}

/// What a rule says of itself: `--explain`, its page in `docs/rules/` and its first tests are made from this.
package struct RuleDescription: Sendable {
  package let name: RuleName
  /// Unless configured otherwise.
  package let severity: Severity
  /// What it is decided by; the first is the usual one.
  package let evidence: [Evidence]
  /// Where it makes sense.
  package let profiles: Set<LintConfiguration.Profile>
  /// What it flags, as the title of its page: a noun phrase without a full stop.
  package let summary: String
  /// Why that matters, in a sentence or two; every finding carries it.
  package let why: String
  /// The rest that a reader of its page should know: what counts, what does not, what to do.
  package let explanation: String
  package let bad: RuleExample
  package let good: RuleExample
  /// Where the fact comes from: a page of PostgreSQL's documentation, an advisory, a measurement.
  package let source: String
  /// The names under which other tools know it.
  package let others: [OtherTool: [String]]

  /// Tools that people come from.
  package enum OtherTool: String, Sendable, CaseIterable {
    case squawk
    case languageServer = "postgres-language-server"
    case pgfence
    case eugene
    case atlas = "Atlas"
    case splinter
    case strongMigrations = "strong_migrations"
    case djangoMigrationLinter = "django-migration-linter"
  }

  init(
    name: RuleName,
    severity: Severity,
    evidence: [Evidence],
    profiles: Set<LintConfiguration.Profile> = Set(LintConfiguration.Profile.allCases),
    summary: String,
    why: String,
    explanation: String,
    bad: RuleExample,
    good: RuleExample,
    source: String,
    others: [OtherTool: [String]] = [:]
  ) {
    self.name = name
    self.severity = severity
    self.evidence = evidence
    self.profiles = profiles
    self.summary = summary
    self.why = why
    self.explanation = explanation
    self.bad = bad
    self.good = good
    self.source = source
    self.others = others
  }
}

/// Migrations that a rule flags, or does not.
package struct RuleExample: Sendable, ExpressibleByStringLiteral {
  /// Where an example's migration stands unless it says otherwise.
  static let path = "supabase/migrations/20260102030405_example.sql"

  /// In the order in which they are applied; all pending.
  package let files: [(path: String, sql: String)]
  /// The versions that the target has applied before.
  package let appliedVersions: [String]
  /// Whether a server has accepted the files.
  package let isAcceptedByServer: Bool
  /// What the statements of the first file did on the shadow; empty when nobody has seen it.
  package let traces: [StatementTrace]
  /// Of tables in `public`, by name, on the target.
  package let sizes: [String: TableSize]
  /// What plpgsql_check says; nil when nobody has asked it.
  package let bodies: BodyReport?
  /// What the planner says of policies of tables in `public`.
  package let openConditions: Set<PolicyCondition>
  /// What became of the files when they were applied a second time.
  package let replays: [ReplayFailure]
  /// Of tables in `public`, what the target says.
  package let statistics: TargetStatistics
  /// Patterns that the repository has for names.
  package let namePatterns: [NamePattern: String]
  /// The files that were another when the target applied them.
  package let changedFiles: Set<String>
  /// Schemas that clients reach, unless as without a file.
  package let apiSchemas: Set<String>?

  init(
    files: [(path: String, sql: String)], appliedVersions: [String] = [], isAcceptedByServer: Bool = false,
    traces: [StatementTrace] = [], sizes: [String: TableSize] = [:], bodies: BodyReport? = nil,
    openConditions: Set<PolicyCondition> = [], replays: [ReplayFailure] = [],
    statistics: TargetStatistics = TargetStatistics(), namePatterns: [NamePattern: String] = [:],
    changedFiles: Set<String> = [], apiSchemas: Set<String>? = nil
  ) {
    self.files = files
    self.appliedVersions = appliedVersions
    self.isAcceptedByServer = isAcceptedByServer
    self.traces = traces
    self.sizes = sizes
    self.bodies = bodies
    self.openConditions = openConditions
    self.replays = replays
    self.statistics = statistics
    self.namePatterns = namePatterns
    self.changedFiles = changedFiles
    self.apiSchemas = apiSchemas
  }

  package init(stringLiteral value: String) {
    self.init(files: [(Self.path, value)])
  }
}

/// What a rule has found.
struct Issue: Sendable {
  var place: Place
  /// What it is about: for the message's reader, and to see whether it is exempt.
  var object: ObjectName?
  var message: String
  /// Instead of the rule's own `why`, where there is more to say.
  var why: String?
  var fix: Fix?
  var evidence: Evidence
  var certainty: Certainty = .predicted
  /// The table whose size on the target decides how much it weighs.
  var weight: QualifiedName?
  /// Instead of the rule's own, unless that is configured.
  var severity: Severity?

  /// The way out. What it has besides its text is done together, or not at all.
  struct Fix: Sendable {
    var text: String
    var edits: [Edit] = []
    /// Migrations that follow the file, in this order: what cannot be in the file itself.
    var newFiles: [NewFile] = []
    /// What the file is to be called instead.
    var rename: FileName?
  }

  /// A migration that a fix writes; its version is a fresh one after the file's.
  struct NewFile: Sendable {
    /// Of words joined by underscores; what follows the version.
    var name: String
    /// With `\n` at line ends, whatever the other files have.
    var text: String
  }

  /// The name of a migration's file, in parts.
  struct FileName: Sendable {
    /// Nil for a fresh one that keeps the file's place in the order, or is after all that is applied.
    var version: String?
    /// What follows the version, without `.sql`.
    var name: String
  }

  /// A replacement in the file of the issue's place.
  struct Edit: Sendable {
    /// 0-based bytes of the file; empty for an insertion.
    var range: Range<Int>
    var newText: String
  }
}

/// A stretch of one of the input's files.
struct Place: Hashable, Sendable {
  /// An index into `LintInput.files`.
  var file: Int
  /// 0-based bytes of the file; empty for a point.
  var range: Range<Int>
}

extension Place: Comparable {
  static func < (a: Place, b: Place) -> Bool { (a.file, a.range.lowerBound) < (b.file, b.range.lowerBound) }
}

/// A table, or a part of one.
struct ObjectName: Hashable, Sendable, CustomStringConvertible {
  var schema: String
  var table: String?
  var part: String?

  init(schema: String, table: String? = nil, part: String? = nil) {
    self.schema = schema
    self.table = table
    self.part = part
  }

  init(_ name: QualifiedName, part: String? = nil) {
    self.init(schema: name.schema, table: name.name, part: part)
  }

  var description: String { ([schema] + [table, part].compactMap(\.self)).joined(separator: ".") }
}
