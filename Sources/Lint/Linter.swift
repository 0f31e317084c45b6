internal import Basics
internal import SQL

/// Runs the rules over migrations and makes findings of what they say.
///
/// Rules only say what is wrong where. The linter decides which of them run, weighs what they say by the
/// configuration, leaves out what is exempt or silenced by a comment, and puts the rest in order.
package struct Linter: Sendable {
  let configuration: LintConfiguration
  private let rules: [any Rule]

  package init(_ configuration: LintConfiguration) {
    self.configuration = configuration
    rules = Rules.all.filter { !configuration.silences($0) }
  }

  /// Judges the pending files. The answer is the same for the same input, whatever the machine.
  package func lint(_ input: LintInput) async -> LintReport {
    var claims = await checkFiles(input)
    let declared = checkStatements(input, &claims)
    let context = CatalogContext(input: input, configuration: configuration, declared: declared)
    for rule in rules {
      guard let rule = rule as? any CatalogRule else { continue }
      claims += rule.check(context).map { Claim(rule: rule, issue: $0) }
    }
    claims = claims.compactMap { claim in
      confirmed(claim.issue, of: claim.rule, input).map { Claim(rule: claim.rule, issue: $0) }
    }
    let traceRules = rules.compactMap { $0 as? any TraceRule }
    for (rule, issue) in traceIssues(input, traceRules) {
      // What is said already, with more detail, because the text shows it.
      let isSaid = claims.contains { claim in
        claim.rule.about.name == rule.about.name && claim.issue.place.file == issue.place.file
          && claim.issue.place.range.overlaps(issue.place.range)
      }
      if !isSaid { claims.append(Claim(rule: rule, issue: issue)) }
    }
    return report(claims, input)
  }

  private struct Claim: Sendable {
    var rule: any Rule
    var issue: Issue
  }

  // MARK: Asking the rules

  private func checkFiles(_ input: LintInput) async -> [Claim] {
    let rules = rules.compactMap { $0 as? any FileRule }
    let shared = SharedFileFacts(input, configuration)
    let pending = input.files.indices.filter { input.files[$0].isPending }
    let step = max(1, pending.count / 64)
    return await withTaskGroup(of: [Claim].self) { group in
      for start in stride(from: 0, to: pending.count, by: step) {
        group.addTask {
          pending[start..<min(start + step, pending.count)].flatMap { index in
            rules.flatMap { rule in
              rule.check(input.files[index], in: FileContext(index: index, shared: shared))
                .map { Claim(rule: rule, issue: $0) }
            }
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// Goes through all statements in order, asks the rules about those of the pending files, and gathers what all of
  /// them declare.
  private func checkStatements(_ input: LintInput, _ claims: inout [Claim]) -> DeclaredSchema {
    let rules = rules.compactMap { $0 as? any StatementRule }
    let before = input.catalogBefore.map(DatabaseShape.init)
    var declared = DeclaredSchema(existing: before)
    for (fileIndex, file) in input.files.enumerated() {
      declared.beginFile()
      var session = SessionState(beginning: file)
      for (index, statement) in file.statements.enumerated() {
        if file.isPending {
          let context = StatementContext(
            configuration: configuration, file: file, fileIndex: fileIndex, index: index, session: session,
            declared: declared, before: before, isAcceptedByServer: input.acceptedByServer)
          for rule in rules {
            claims += rule.check(statement, in: context).map { Claim(rule: rule, issue: $0) }
          }
        }
        declared.apply(statement, at: Place(file: fileIndex, range: statement.range), isPending: file.isPending)
        session.advance(past: statement, at: index)
      }
    }
    return declared
  }

  // MARK: Judging what they said

  private func report(_ claims: [Claim], _ input: LintInput) -> LintReport {
    var suppressions: [Int: Suppressions] = [:]
    for (index, file) in input.files.enumerated() where file.isPending { suppressions[index] = Suppressions(in: file) }
    var report = LintReport(files: suppressions.count)
    func keep(_ claim: Claim) {
      let place = claim.issue.place
      let file = input.files[place.file]
      guard file.isPending || claim.rule is AppliedFileChanged, !isExempt(claim.issue) else { return }
      let configured = configuration.severity(of: claim.rule, path: file.path)
      guard configured != .off else { return }
      let name = claim.rule.about.name
      let (message, severity) = weighed(claim.issue, configured, of: claim.rule, in: file, input)
      let finding = finding(claim, message, severity, file)
      let statementLine = file.statement(at: place.range.lowerBound)?.position.line
      let lines = Set([finding.start.line, statementLine ?? finding.start.line])
      if suppressions[place.file]?.silence(name, severity, onLines: lines) == true {
        report.suppressed += 1
      } else {
        report.findings.append(finding)
      }
    }
    claims.forEach(keep)

    // A catalog rule that saw no server may have missed what the comment is there for.
    let judged = Set(
      rules.filter { rule in
        (input.catalog != nil || !(rule is any CatalogRule)) && (!input.traces.isEmpty || !(rule is any TraceRule))
      }.map(\.about.name))
    for case let rule as UnusedIgnore in rules {
      let issues = suppressions.flatMap { rule.check($0.value, isJudged: judged.contains, at: $0.key) }
      for issue in issues { keep(Claim(rule: rule, issue: issue)) }
    }
    report.findings.sort()
    return report
  }

  private func isExempt(_ issue: Issue) -> Bool {
    guard let object = issue.object else { return false }
    return configuration.isExempt(schema: object.schema, table: object.table)
  }

  private func finding(_ claim: Claim, _ message: String, _ severity: Severity, _ file: LintFile) -> Finding {
    let issue = claim.issue
    let fix = issue.fix.map { fix in
      Finding.Fix(
        text: fix.text,
        edits: fix.edits.map { edit in
          Finding.Edit(
            file: file.path,
            start: file.lines.position(ofByte: edit.range.lowerBound),
            end: file.lines.position(ofByte: edit.range.upperBound),
            newText: edit.newText)
        },
        newFiles: fix.newFiles.map { Finding.NewFile(name: $0.name, text: $0.text) },
        rename: fix.rename.map { Finding.FileName(version: $0.version, name: $0.name) })
    }
    return Finding(
      rule: claim.rule.about.name,
      severity: severity,
      evidence: issue.evidence,
      certainty: issue.certainty,
      file: file.path,
      start: file.lines.position(ofByte: issue.place.range.lowerBound),
      end: file.lines.position(ofByte: issue.place.range.upperBound),
      object: issue.object?.description,
      message: message,
      why: issue.why ?? claim.rule.about.why,
      fix: fix)
  }
}
