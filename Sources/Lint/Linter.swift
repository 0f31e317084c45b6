internal import Basics
internal import SQL

/// Runs the rules over migrations and makes findings of what they say.
///
/// Rules only say what is wrong where. The linter decides which of them run, weighs what they say by the
/// configuration, leaves out what is exempt or silenced by a comment, and puts the rest in order.
package struct Linter: Sendable {
  let configuration: LintConfiguration
  private let rules: [any CheckingRule]
  private let fileRules: [any FileRule]
  /// Those that have to see a statement of a kind, by the number of the kind's bit.
  private let statementRules: [[any StatementRule]]

  package init(_ configuration: LintConfiguration) {
    self.configuration = configuration
    rules = Rules.checking.filter { !configuration.silences($0) }
    fileRules = rules.compactMap(\.asFileRule)
    let bits = 0..<Syntax.Kinds.RawValue.bitWidth
    var statementRules: [[any StatementRule]] = bits.map { _ in [] }
    for rule in rules.lazy.compactMap(\.asStatementRule) {
      let kinds = rule.statementKinds
      for bit in bits where kinds.rawValue >> bit & 1 == 1 { statementRules[bit].append(rule) }
    }
    self.statementRules = statementRules
  }

  /// Judges the pending files. The answer is the same for the same input, whatever the machine.
  package func lint(_ input: LintInput) async -> LintReport {
    var claims = await ask(input)
    if !input.traces.isEmpty {
      claims = claims.compactMap { claim in
        confirmed(claim.issue, of: claim.rule, input).map { Claim(rule: claim.rule, issue: $0) }
      }
      var places: [RuleName: [Place]] = [:]
      for claim in claims { places[claim.rule.about.name, default: []].append(claim.issue.place) }
      for (rule, issue) in traceIssues(input, rules.compactMap(\.asTraceRule)) {
        // What is said already, with more detail, because the text shows it.
        let isSaid = (places[rule.about.name] ?? []).contains { place in
          place.file == issue.place.file && place.range.overlaps(issue.place.range)
        }
        if !isSaid { claims.append(Claim(rule: rule, issue: issue)) }
      }
    }
    return report(claims, input)
  }

  private struct Claim: Sendable {
    var rule: any CheckingRule
    var issue: Issue
  }

  // MARK: Asking the rules

  /// Asks all rules but those about traces.
  ///
  /// What statements declare is gathered one by one, in the order of the files. From the beginning of each slice of
  /// them, where that is known, the rules are asked beside it.
  private func ask(_ input: LintInput) async -> [Claim] {
    let catalogRules = rules.compactMap(\.asCatalogRule)
    let before = input.catalogBefore.map(DatabaseShape.init)
    let shared = SharedFileFacts(input, configuration)
    return await withTaskGroup(of: (Int, [Claim]).self) { group in
      var declared = DeclaredSchema(existing: before)
      let slices = Self.slices(of: input.files)
      for (number, slice) in slices.enumerated() {
        if input.files[slice].contains(where: \.isPending) {
          let start = declared
          group.addTask { (number, check(slice, of: input, start, before, shared)) }
        }
        for index in slice { declared.gather(input.files[index], at: index) }
      }
      let end = declared
      group.addTask {
        let context = CatalogContext(input: input, configuration: configuration, declared: end)
        return (slices.count, catalogRules.flatMap { rule in rule.check(context).map { Claim(rule: rule, issue: $0) } })
      }
      var answers: [(Int, [Claim])] = []
      for await answer in group { answers.append(answer) }
      return answers.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  /// Some files each, in their order, of about as many statements.
  private static func slices(of files: [LintFile]) -> [Range<Int>] {
    let size = max(100, files.reduce(0) { $0 + ($1.isPending ? $1.statements.count : 0) } / 16)
    var slices: [Range<Int>] = []
    var start = 0
    var count = 0
    for (index, file) in files.enumerated() where file.isPending {
      // Those that are not judged stand by themselves: they are gathered, and no more.
      if count == 0, start < index {
        slices.append(start..<index)
        start = index
      }
      count += max(1, file.statements.count)
      guard count >= size else { continue }
      slices.append(start..<index + 1)
      (start, count) = (index + 1, 0)
    }
    return start < files.count ? slices + [start..<files.count] : slices
  }

  private func check(
    _ slice: Range<Int>, of input: LintInput, _ start: DeclaredSchema, _ before: DatabaseShape?,
    _ shared: SharedFileFacts
  ) -> [Claim] {
    var claims: [Claim] = []
    var declared = start
    for fileIndex in slice {
      let file = input.files[fileIndex]
      guard file.isPending else {
        declared.gather(file, at: fileIndex)
        continue
      }
      for rule in fileRules {
        for issue in rule.check(file, in: FileContext(index: fileIndex, shared: shared)) {
          claims.append(Claim(rule: rule, issue: issue))
        }
      }
      declared.beginFile()
      let search = StatementSearch(file)
      var session = SessionState(beginning: file)
      for (index, statement) in file.statements.enumerated() {
        let rules = statementRules[statement.syntax.kind.rawValue.trailingZeroBitCount]
        if !rules.isEmpty {
          let context = StatementContext(
            configuration: configuration, file: file, fileIndex: fileIndex, index: index, session: session,
            declared: declared, before: before, isAcceptedByServer: input.acceptedByServer, search: search,
            typedColumns: statement.syntax.typedColumns)
          for rule in rules {
            for issue in rule.check(statement, in: context) { claims.append(Claim(rule: rule, issue: issue)) }
          }
        }
        declared.apply(statement, at: Place(file: fileIndex, range: statement.range), isPending: true)
        session.advance(past: statement, at: index)
      }
    }
    return claims
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
        (input.catalog != nil || rule.asCatalogRule == nil) && (!input.traces.isEmpty || rule.asTraceRule == nil)
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
