internal import Basics
internal import SQL
internal import Schema

/// `function-body-error`, `function-body-warning`, `function-volatility`, `dynamic-sql-injection`
struct FunctionBody: CatalogRule {
  let about: RuleDescription
  private let concerns: @Sendable (BodyProblem) -> Bool

  static let error = FunctionBody(
    "function-body-error", severity: .error, summary: "Function whose body fails when it is called",
    why: "PostgreSQL reads the names in a PL/pgSQL body only when it runs, so that users find the mistake",
    explanation: """
      plpgsql_check looks at the function on the shadow, after all pending migrations, and a trigger's function once \
      for each table that has such a trigger. Looked at are functions that the migrations make, change or make a \
      trigger of; and of all others those that name what the migrations drop, rename or give another type, which are \
      reported where they were right before.

      Tables that the body itself creates are not missed. Where an extension is only stood in for on the shadow and \
      may have the function that is missed, it is a warning. What is written to fail, is written: `-- penstock: ignore \
      function-body-error REASON` on the line before.
      """,
    bad: """
      create or replace function public.note_count(author uuid) returns bigint
      language plpgsql stable set search_path = '' as $$
      begin
        return (select count(*) from public.notes where user_id = author);
      end $$;
      """,
    problem: .example("note_count", "uuid", .error, #"column "user_id" does not exist"#, line: 3, word: "user_id"),
    good: """
      create or replace function public.note_count(author uuid) returns bigint
      language plpgsql stable set search_path = '' as $$
      begin
        return (select count(*) from public.notes where owner = author);
      end $$;
      """,
    source: "https://github.com/okbob/plpgsql_check; "
      + "https://www.postgresql.org/docs/15/plpgsql-implementation.html#PLPGSQL-PLAN-CACHING"
  ) { $0.level == .error }

  static let warning = FunctionBody(
    "function-body-warning", severity: .warning, summary: "Function with something in its body that is hardly meant",
    why: "a value that is cast, cut off or never used shows up as a wrong answer, not as an error",
    explanation: """
      What plpgsql_check warns of on the shadow. Its extra warnings (variables and parameters that nobody uses, \
      values that nobody reads) and casts that cost time are advice.
      """,
    bad: """
      create or replace function public.half(n int) returns int
      language plpgsql immutable set search_path = '' as $$
      declare result int;
      begin
        result := n::text || '.5';
        return result;
      end $$;
      """,
    problem: .example("half", "integer", .warning, "target type is different type than source type", line: 4),
    good: """
      create or replace function public.half(n int) returns int
      language plpgsql immutable set search_path = '' as $$
      begin
        return n / 2;
      end $$;
      """,
    source: "https://github.com/okbob/plpgsql_check"
  ) { $0.level == .warning || $0.level == .extra || $0.level == .performance && !$0.isAboutVolatility }

  static let volatility = FunctionBody(
    "function-volatility", severity: .advice, summary: "Function that could be STABLE or IMMUTABLE and is not",
    why: "the planner calls a VOLATILE function for each row, and uses no index with it",
    explanation: """
      A function that only reads is STABLE, one that reads no table and no setting is IMMUTABLE. plpgsql_check says \
      which, from what the body does on the shadow. Left alone are functions with dynamic SQL, of which nobody knows.
      """,
    bad: """
      create or replace function public.is_admin() returns boolean
      language plpgsql set search_path = '' as $$
      begin
        return exists (select from public.admins where id = auth.uid());
      end $$;
      """,
    problem: .example("is_admin", "", .performance, "routine is marked as VOLATILE, should be STABLE"),
    good: """
      create or replace function public.is_admin() returns boolean
      language plpgsql stable set search_path = '' as $$
      begin
        return exists (select from public.admins where id = auth.uid());
      end $$;
      """,
    source: "https://www.postgresql.org/docs/15/xfunc-volatility.html"
  ) { $0.level == .performance && $0.isAboutVolatility }

  static let injection = FunctionBody(
    "dynamic-sql-injection", severity: .warning, summary: "EXECUTE of a text that a caller can shape",
    why: "whoever may call the function runs any SQL with its rights, in a SECURITY DEFINER function its owner's",
    explanation: """
      Pass values with `USING`, and build names with `format('… %I', name)` or `quote_ident`, which plpgsql_check knows \
      to be safe. It follows the text through the variables of the function on the shadow.
      """,
    bad: """
      create or replace function public.remove(kind text) returns void
      language plpgsql set search_path = '' as $$
      begin
        execute 'delete from public.notes where kind = ''' || kind || '''';
      end $$;
      """,
    problem: .example("remove", "text", .security, "text type variable is not sanitized", line: 3, word: "kind"),
    good: """
      create or replace function public.remove(kind text) returns void
      language plpgsql set search_path = '' as $$
      begin
        execute 'delete from public.notes where kind = $1' using kind;
      end $$;
      """,
    source: "https://www.postgresql.org/docs/15/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN"
  ) { $0.level == .security }

  private init(
    _ name: RuleName, severity: Severity, summary: String, why: String, explanation: String, bad: String,
    problem: BodyProblem, good: String, source: String, concerns: @escaping @Sendable (BodyProblem) -> Bool
  ) {
    self.concerns = concerns
    func example(_ sql: String, _ problems: [BodyProblem]) -> RuleExample {
      RuleExample(files: [(RuleExample.path, sql)], bodies: BodyReport(problems: problems))
    }
    about = RuleDescription(
      name: name, severity: severity, evidence: [.catalog], summary: summary, why: why, explanation: explanation,
      bad: example(bad, [problem]), good: example(good, []), source: source)
  }

  func check(_ context: CatalogContext) -> [Issue] {
    var said: Set<Place> = []
    return (context.input.bodies?.problems ?? []).filter(concerns).compactMap { problem in
      guard context.isJudged(problem.function), let place = context.place(of: problem) else { return nil }
      // The same line is looked at for each table that has the trigger; the first says enough.
      guard problem.line == nil || said.insert(place).inserted else { return nil }
      return issue(problem, at: place)
    }
  }

  private func issue(_ problem: BodyProblem, at place: Place) -> Issue {
    let detail = problem.isAboutVolatility ? nil : problem.detail.map { " (\($0.trimmed))" }
    var message = "\(problem.function)(\(problem.arguments))"
    if let trigger = problem.trigger {
      message += " as trigger \(Quoting.identifier(trigger.name)) on \(trigger.table)"
    }
    if problem.cause != nil { message += ", which is not in this file, no longer works" }
    message += ": \(problem.message.trimmed)\(detail ?? "")"
    if let standIn = problem.standIn { message += "; \(standIn) is a stand-in on the shadow" }
    let severity: Severity? =
      switch problem.level {
      case .extra, .performance: .advice
      case .error where problem.standIn != nil: .warning
      default: nil
      }
    return Issue(
      place: place, object: ObjectName(problem.function), message: message,
      fix: (problem.isAboutVolatility ? problem.volatility : problem.hint).map { .init(text: $0) },
      evidence: .catalog, certainty: .measured, severity: severity)
  }
}

extension BodyProblem {
  /// `routine is marked as VOLATILE, should be STABLE`
  fileprivate var isAboutVolatility: Bool { message.hasPrefix("routine is marked as ") }

  fileprivate var volatility: String? {
    message.split(separator: " ").last.map { "say \($0.lowercased()) after its language" }
  }

  /// For the examples of rules: of a function in `public`.
  fileprivate static func example(
    _ name: String, _ arguments: String, _ level: Level, _ message: String, line: Int? = nil, word: String? = nil
  ) -> BodyProblem {
    var problem = BodyProblem(
      function: QualifiedName(schema: "public", name: name), arguments: arguments, level: level, message: message)
    (problem.line, problem.word) = (line, word)
    return problem
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
    return String(text)
  }
}

extension CatalogContext {
  /// Where the problem is in the pending files: the word or the line in the function's body; the statement that broke
  /// it; the one that makes the trigger; or the one that most likely ran what made the function.
  fileprivate func place(of problem: BodyProblem) -> Place? {
    if let cause = problem.cause {
      guard let file = input.files.firstIndex(where: { $0.path == cause.path && $0.isPending }),
        input.files[file].statements.indices.contains(cause.statement)
      else { return nil }
      return Place(file: file, range: input.files[file].statements[cause.statement].range)
    }
    if let place = declared.place(ofFunction: FunctionKey(name: problem.function, arguments: problem.arguments)) {
      return input.files[place.file].place(of: problem, inStatementAt: place)
    }
    return problem.trigger.flatMap(place) ?? declared.placeOfHiddenStatement(about: problem.function)
  }

  private func place(of trigger: BodyProblem.Trigger) -> Place? {
    for (index, file) in input.files.enumerated().reversed() where file.isPending {
      let statement = file.statements.last { statement in
        guard case .createTrigger(let create) = statement.syntax else { return false }
        return create.name == trigger.name && declared.resolve(create.table) == trigger.table
      }
      if let statement { return Place(file: index, range: statement.range) }
    }
    return nil
  }
}

extension LintFile {
  /// - Parameter place: The statement that makes the function.
  fileprivate func place(of problem: BodyProblem, inStatementAt place: Place) -> Place {
    guard let line = problem.line, let statement = statement(at: place.range.lowerBound), let body = statement.body
    else { return place }
    var start = body.lowerBound
    for _ in 1..<max(line, 1) {
      guard let end = bytes[start..<body.upperBound].firstIndex(of: UInt8(ascii: "\n")) else { break }
      start = end + 1
    }
    if let word = problem.word, let range = range(ofWord: word, in: start..<body.upperBound) {
      return Place(file: place.file, range: range)
    }
    let end = bytes[start..<body.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? body.upperBound
    let text = bytes[start..<end].drop { $0 <= 0x20 }
    let trailing = text.reversed().prefix { $0 <= 0x20 }.count
    guard text.count > trailing else { return place }
    return Place(file: place.file, range: text.startIndex..<text.endIndex - trailing)
  }

  /// Within the statement that begins there, so before its semicolon.
  private func range(ofWord word: String, in range: Range<Int>) -> Range<Int>? {
    let statement = bytes[range].prefix { $0 != UInt8(ascii: ";") }
    let word = Array(word.utf8)
    func isPart(_ index: Int) -> Bool {
      guard statement.indices.contains(index) else { return false }
      return statement[index] >= 0x80 || UnicodeScalar(statement[index]).properties.isAlphabetic
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(statement[index]) || statement[index] == UInt8(ascii: "_")
    }
    var start = statement.startIndex
    while let found = statement[start...].firstRange(of: word) {
      if !isPart(found.lowerBound - 1), !isPart(found.upperBound) { return found }
      start = found.upperBound
    }
    return nil
  }
}
