internal import SQL
internal import Schema

extension Linter {
  /// The issues of the rules that look at what statements did.
  func traceIssues(_ input: LintInput, _ rules: [any TraceRule]) -> [(rule: any CheckingRule, issue: Issue)] {
    guard !input.traces.isEmpty else { return [] }
    let before = input.catalogBefore.map(DatabaseShape.init)
    return input.files.enumerated().flatMap { index, file -> [(rule: any CheckingRule, issue: Issue)] in
      guard file.isPending, let trace = input.traces[file.path] else { return [] }
      let context = TraceContext(
        configuration: configuration, file: file, fileIndex: index, trace: trace, sizes: input.sizes,
        statistics: input.statistics, before: before)
      return rules.flatMap { rule in rule.check(context).map { (rule, $0) } }
    }
  }

  /// What a rule concluded from the text of a statement, held against what the statement did where it ran.
  ///
  /// - Returns: The issue, measured when that was seen; nil when it was not; as it is when nobody looked, or when the rule
  ///   is about something else.
  func confirmed(_ issue: Issue, of rule: any CheckingRule, _ input: LintInput) -> Issue? {
    let file = input.files[issue.place.file]
    guard issue.evidence == .ast, let trace = input.traces[file.path], let rule = rule.asTracedStatementRule,
      let index = file.statements.firstIndex(where: { $0.range.overlaps(issue.place.range) }),
      let statement = trace.statements.first(where: { $0.statement == index }), statement.transaction != nil
    else { return issue }
    // A lock may be held since an earlier statement of the same transaction.
    let held = trace.statements.filter { $0.transaction == statement.transaction && $0.statement <= index }
    let table = issue.object.flatMap { object in
      object.table.map { QualifiedName(schema: object.schema, name: $0) }
    }
    guard let seen = rule.effect.evidence(in: statement, held, on: table) else {
      // On another table than the text made us think of: then it is not known.
      return rule.effect.evidence(in: statement, held, on: nil) == nil ? nil : issue
    }
    var measured = issue
    measured.message += seen
    (measured.evidence, measured.certainty, measured.weight) = (.trace, .measured, table)
    return measured
  }

  /// What a finding says and how much it weighs when the target's tables are known.
  func weighed(_ issue: Issue, _ severity: Severity, of rule: any Rule, in file: LintFile, _ input: LintInput) -> (
    message: String, severity: Severity
  ) {
    let isConfigured = configuration.isConfigured(rule, path: file.path)
    let severity = isConfigured ? severity : issue.severity ?? severity
    guard let table = issue.weight, let size = input.sizes[table] else { return (issue.message, severity) }
    let message = "\(issue.message): \(size)"
    guard !isConfigured else { return (message, severity) }
    if size.bytes >= configuration.largeTable { return (message, max(severity, .error)) }
    return (message, size.bytes < configuration.smallTable ? min(severity, .advice) : severity)
  }
}
