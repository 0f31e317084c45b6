internal import Basics
internal import Migrations
internal import Postgres
internal import SQL

/// A trial that is under way; see `HistoryTrial`.
struct TrialRun {
  private let set: MigrationSet
  private let profile: Profile
  private let standIns: Set<String>
  /// The first file of each version, by the paths of the others.
  private let originals: [String: String]

  var plain: TrialSession
  /// From the first failure on.
  var hopeful: TrialSession?

  private var candidates: [Result<Application, ApplyFailure>] = []
  /// What stands before the way back of files that are refused for that, by number: others need what it makes.
  private var waysForth: [Int: Application] = [:]
  private var history = TrialHistory()
  private var serverMajor = 0
  private var available: Set<String> = []
  private var preinstalled: Set<String> = []
  private var functions: [String: Set<String>] = [:]
  /// How many files the hopeful database has seen.
  private var caughtUp = 0
  private var waiting: [Waiting] = []

  private var verdicts: [FileVerdict] = []
  private var tolerated: [[HistoryVerdict.Tolerance]]
  /// Of the last try on the plain database.
  private var failure: ApplyFailure?

  /// What the files need and none of them makes, with the file that does.
  private var absences: [(object: NamedObject, file: Int)] = []
  /// The files whose own mistake is no other than that.
  private var orphans: Set<Int> = []
  /// The first file of those with the same statements, by these.
  private var originalsByWords: [[Substring]: Int]?

  /// Statements of a file that came before what they need, as far as can be read.
  private struct Waiting {
    let index: Int
    var statements: Set<Int>
    var object: NamedObject
    /// The files that make it, as far as can be read.
    var makers: Set<Int>
    /// What the verdict on the file rests on; nil when a try has shown that it is right.
    var doubt: ApplyFailure?
    /// The files after which it was the same.
    var disproved: Set<Int> = []
  }

  init(set: MigrationSet, plain: TrialSession, profile: Profile, standIns: Set<String>) {
    self.set = set
    self.plain = plain
    self.profile = profile
    self.standIns = standIns
    originals = Dictionary(
      set.duplicates.flatMap { duplicate in duplicate.paths.dropFirst().map { ($0, duplicate.paths[0]) } },
      uniquingKeysWith: { first, _ in first })
    tolerated = Array(repeating: [], count: set.migrations.count)
  }

  /// Reads the files, and what the server has.
  mutating func prepare() async throws {
    serverMajor = await plain.serverMajor
    available = try await plain.names("select name::text from pg_available_extensions")
    preinstalled = try await plain.names("select extname::text from pg_extension")
    functions = try await plain.functions()
    for migration in set.migrations {
      let candidate = Result { () throws(ApplyFailure) in try Application(migration) }
      var readable = candidate
      if case .failure = candidate, let wayForth = Self.wayForth(in: migration) {
        waysForth[candidates.count] = wayForth
        readable = .success(wayForth)
      }
      candidates.append(candidate)
      history.append(FileStory(path: migration.path, effects: Self.effects(of: readable, migration.bytes)))
    }
    for file in set.skipped {
      guard case .badName = file.reason else { continue }
      let script = try? Script(file.bytes)
      let effects =
        script.map { $0.statements.map(StatementEffects.init) }
        ?? [StatementEffects(unreadable: String(decoding: file.bytes, as: UTF8.self))]
      history.append(
        FileStory(
          path: file.path, effects: effects, missing: Set(effects.indices), root: file.path, isPassedOver: true))
    }
  }

  private static func wayForth(in migration: Migration) -> Application? {
    guard let bytes = Script.wayForth(in: migration.bytes) else { return nil }
    let half = Migration(version: migration.version, name: migration.name, path: migration.path, bytes: bytes)
    do throws(ApplyFailure) { return try Application(half) } catch { return nil }
  }

  private static func effects(of candidate: Result<Application, ApplyFailure>, _ bytes: [UInt8]) -> [StatementEffects] {
    switch candidate {
    case .success(let application): application.script.statements.map(StatementEffects.init)
    case .failure: [StatementEffects(unreadable: String(decoding: bytes, as: UTF8.self))]
    }
  }

  // MARK: One file

  /// Applies a file on the plain database. Where that succeeds, there is nothing to judge.
  mutating func tryPlainly(_ index: Int) async throws -> Bool {
    let migration = set.migrations[index]
    let start = ContinuousClock.now
    failure = nil
    try await plain.reconnect()
    do throws(ApplyFailure) {
      let application = try candidates[index].get()
      note(
        application.script.tolerated.map { ($0.position, "\($0.text.prefix { $0 != " " }) is psql's, and left out") },
        index)
      let applied = try await plain.apply(application)
      note(applied.omissions.map { ($0.position, $0.reason) }, index)
    } catch {
      if let cancelled = error.postgres, cancelled.code == .cancelled { throw cancelled }
      failure = error
    }
    let isApplied = failure == nil
    var verdict = FileVerdict(
      file: migration.path, version: migration.version, outcome: isApplied ? .applied : .failed,
      milliseconds: ((.now - start).milliseconds * 10).rounded() / 10)
    if isApplied, let original = originals[migration.path] {
      verdict.class = .duplicateVersion
      verdict.because = original
      verdict.message = duplication(index, of: original)
    }
    verdicts.append(verdict)
    if isApplied, hopeful != nil { try await catchUp(with: index) }
    return isApplied
  }

  /// Says why the file failed that was tried last.
  mutating func judge(_ index: Int) async throws {
    guard let failure, case .success(let application) = candidates[index] else {
      return try await judgeUnreadable(index)
    }
    for earlier in caughtUp..<index { try await catchUp(with: earlier) }
    history[index].root = set.migrations[index].path
    let salvage = try await salvage(application, of: index)
    caughtUp = index + 1
    note(salvage.omissions.map { ($0.position, $0.reason) }, index)

    var finding = classifier(index).follow(failure.postgres)
    var shown = failure
    if let (own, worst) = judge(salvage.failures, of: index, application.script) {
      (finding, shown) = (own, worst)
    }
    if finding.class == .knockOn { history[index].root = finding.because }
    record(finding, shown, index)
    if finding.class == .order, let object = finding.awaited {
      let statements = Set(salvage.failures.compactMap(\.statementIndex))
      let makers = makers(of: object)
      waiting.append(Waiting(index: index, statements: statements, object: object, makers: makers, doubt: shown))
    }
    try await retryWaiting(after: index)
  }

  /// The failure that says most of a file: the first that is its own, if that is certain, else the first.
  private mutating func judge(
    _ failures: [ApplyFailure], of index: Int, _ script: Script
  ) -> (Finding, ApplyFailure)? {
    var chosen: (finding: Finding, failure: ApplyFailure)?
    // Behind a statement that only leftovers stop, the others' failures may come of that.
    let plainFailure = failures.contains(where: wasTaken) ? failure : nil
    for failure in failures where !isInTheWay(failure, index) && plainFailure.map(failure.isSame) ?? true {
      let finding = classify(failure, of: index, script)
      if chosen == nil || chosen?.finding.class == .knockOn && finding.class != .knockOn && finding.isCertain {
        chosen = (finding, failure)
      }
      if let statement = failure.statementIndex { history[index].missing.insert(statement) }
      if let object = finding.absent { absences.append((object, index)) }
    }
    return chosen
  }

  /// Whether the failure comes of what only the hopeful database has, of a file that failed: the file makes it anew, or
  /// the plain one has taken the statement.
  private func isInTheWay(_ failure: ApplyFailure, _ index: Int) -> Bool {
    if wasTaken(failure) { return true }
    guard let error = failure.postgres, error.isAboutExisting, error.message != self.failure?.postgres?.message,
      let object = NamedObject(namedBy: error)
    else { return false }
    let maker = history.readMakers(of: object).last { $0.file < index }
    return maker.map { history[$0.file].root != nil } ?? false
  }

  /// Whether the plain database has taken the statement.
  private func wasTaken(_ failure: ApplyFailure) -> Bool {
    guard let number = failure.statementIndex, let reached = self.failure?.statementIndex else { return false }
    return number < reached
  }

  private func classify(
    _ failure: ApplyFailure, of index: Int, _ script: Script, disproved: Set<Int> = []
  ) -> Finding {
    guard let error = failure.postgres, let statement = failure.statementIndex else { return Finding(class: .broken) }
    return classifier(index, disproved: disproved).classify(error, of: script.statements[statement], number: statement)
  }

  private func classifier(_ index: Int, disproved: Set<Int> = []) -> FailureClassifier {
    FailureClassifier(
      profile: profile, serverMajor: serverMajor, available: available, standIns: standIns,
      preinstalled: preinstalled, functions: functions, history: history, index: index, disproved: disproved)
  }

  /// A file that is no SQL, or undoes itself, was not sent to anybody.
  private mutating func judgeUnreadable(_ index: Int) async throws {
    let migration = set.migrations[index]
    history[index].root = migration.path
    history[index].missing = Set(history[index].effects.indices)
    var isTemplate = false
    do throws(SQLError) { _ = try Script(migration.bytes) } catch { isTemplate = error.code == .template }
    if let failure { record(Finding(class: isTemplate ? .template : .broken), failure, index) }
    guard let wayForth = waysForth[index] else { return }
    for earlier in caughtUp..<index { try await catchUp(with: earlier) }
    let salvage = try await salvage(wayForth, of: index)
    history[index].missing = Set(salvage.failures.compactMap(\.statementIndex))
    caughtUp = index + 1
    try await retryWaiting(after: index)
  }

  // MARK: The hopeful database

  /// Brings a file that has applied on the plain database.
  private mutating func catchUp(with index: Int) async throws {
    caughtUp = max(caughtUp, index + 1)
    guard case .success(let application) = candidates[index], history[index].root == nil else { return }
    _ = try await salvage(application, of: index)
    try await retryWaiting(after: index)
  }

  private mutating func salvage(_ application: Application, of index: Int) async throws -> Salvage {
    try await hopeful?.reconnect()
    do throws(ApplyFailure) {
      // In one go is quicker, and leaves nothing behind when it fails.
      if application.plan.isTransactional, !application.script.addsEnumValue {
        do {
          _ = try await hopeful?.apply(application)
          return Salvage()
        } catch {
          guard error.postgres?.code == .server else { throw error }
        }
      }
      return try await hopeful?.salvage(application) ?? Salvage()
    } catch {
      return Salvage(failures: [error])
    }
  }

  /// Tries again what has waited for something that a file makes.
  private mutating func retryWaiting(after index: Int) async throws {
    for position in waiting.indices.reversed() where waiting[position].makers.contains(index) {
      var early = waiting[position]
      guard early.index != index, case .success(let application) = candidates[early.index] else { continue }
      try await hopeful?.reconnect()
      let salvage = try await hopeful?.salvage(application, early.statements) ?? Salvage()
      let left = Set(salvage.failures.compactMap(\.statementIndex))
      history[early.index].missing = left
      if let doubt = early.doubt, salvage.failures.contains(where: { $0.isSame(as: doubt) }) {
        // A file that has failed itself would make it nevertheless, as it says.
        if history.readMakers(of: early.object).contains(where: { $0.file == index && history.isMissing($0) }) {
          continue
        }
        early.disproved.insert(index)
        let finding = classify(doubt, of: early.index, application.script, disproved: early.disproved)
        record(finding, doubt, early.index)
        if finding.class == .knockOn { history[early.index].root = finding.because }
        if let object = finding.awaited, object != early.object {
          (early.object, early.makers) = (object, makers(of: object))
        }
        waiting[position] = early
        if finding.class != .order { waiting.remove(at: position) }
        continue
      }
      let findings = salvage.failures.map { classify($0, of: early.index, application.script) }
      if let object = findings.lazy.compactMap(\.awaited).first, object != early.object {
        waiting[position] = Waiting(
          index: early.index, statements: left, object: object, makers: makers(of: object))
      } else {
        waiting.remove(at: position)
      }
    }
  }

  private func makers(of object: NamedObject) -> Set<Int> { Set(history.makers(of: object).map(\.file)) }

  // MARK: The verdict

  private mutating func record(_ finding: Finding, _ failure: ApplyFailure, _ index: Int) {
    let migration = set.migrations[index]
    var verdict = verdicts[index]
    verdict.class = finding.class
    verdict.because = finding.because
    verdict.madeBy = finding.madeBy
    verdict.sqlState = failure.postgres?.sqlState?.rawValue
    verdict.line = failure.position?.line
    verdict.column = failure.position?.column
    if finding.class == .broken, finding.absent != nil { orphans.insert(index) } else { orphans.remove(index) }
    var explanation = finding.explanation
    if failure.postgres?.isAboutExisting == true, let original = copied(index) {
      explanation = "the file is a copy of \(original), and one of the two is enough"
    }
    verdict.message = failure.sentence(explanation)
    if let original = originals[migration.path] {
      orphans.remove(index)
      verdict.class = .duplicateVersion
      verdict.because = original
      verdict.message = "\(duplication(index, of: original)). \(failure.sentence(explanation))"
    }
    verdicts[index] = verdict
  }

  private mutating func duplication(_ index: Int, of original: String) -> String {
    let isCopy = copied(index) == original.lastComponent
    return "the version \(set.migrations[index].version) is that of \(original.lastComponent)"
      + (isCopy ? ", and so are the statements" : "")
  }

  /// The file before this one that has the same statements.
  private mutating func copied(_ index: Int) -> String? {
    guard case .success(let application) = candidates[index] else { return nil }
    let firsts = originalsByWords ?? firstsByWords()
    originalsByWords = firsts
    let words = application.script.words
    guard !words.isEmpty, let original = firsts[words], original < index else { return nil }
    return set.migrations[original].fileName
  }

  private func firstsByWords() -> [[Substring]: Int] {
    let scripts = candidates.enumerated().compactMap { index, candidate in
      if case .success(let application) = candidate { (application.script.words, index) } else { nil }
    }
    return Dictionary(scripts) { first, _ in first }
  }

  private mutating func note(_ places: [(position: SourcePosition, what: String)], _ index: Int) {
    let file = set.migrations[index].path
    tolerated[index] += places.map { .init(file: file, line: $0.position.line, what: $0.what) }
  }

  /// What the files begin on, when it looks as though they did not begin on nothing: one name that no file makes may be a
  /// slip of the pen; the same in several files, or in the first, is none.
  private func missingBeginning() -> HistoryVerdict.MissingBeginning? {
    guard !orphans.isEmpty else { return nil }
    var objects: [(object: NamedObject, files: Set<Int>)] = []
    var numbers: [String: [Int]] = [:]
    for (object, file) in absences {
      if let number = numbers[object.name]?.first(where: { objects[$0].object.mayBe(object) }) {
        objects[number].files.insert(file)
      } else {
        numbers[object.name, default: []].append(objects.count)
        objects.append((object, [file]))
      }
    }
    guard objects.contains(where: { $0.files.count > 1 || $0.files.contains(0) }) else { return nil }
    return .init(
      files: orphans.sorted().map { set.migrations[$0].path },
      objects: objects.map { .init(kind: "\($0.object.kind)", name: "\($0.object)", files: $0.files.count) })
  }

  mutating func verdict(server: String) async throws -> HistoryVerdict {
    let passedOver = set.skipped.compactMap { file -> FileVerdict? in
      var verdict = FileVerdict(file: file.path, version: "", outcome: .skipped)
      verdict.message = "\(file.reason)"
      switch file.reason {
      case .badName: verdict.class = .badName
      case .platformDump: break
      case .subfolder, .notSQL, .downFile: return nil
      }
      return verdict
    }
    var verdict = HistoryVerdict(
      server: server, profile: profile, files: verdicts + passedOver, emulated: try await emulated(),
      tolerated: tolerated.flatMap { $0.sorted { $0.line < $1.line } })
    verdict.missingBeginning = missingBeginning()
    return verdict
  }

  private mutating func emulated() async throws -> [String] {
    let query = "select extname::text from pg_extension"
    let created = try await plain.names(query).union(try await hopeful?.names(query) ?? [])
    return created.intersection(standIns).subtracting(profile.preinstalled).sorted()
  }
}

extension ApplyFailure {
  /// The server's words, with what is known of their cause in the same sentence.
  fileprivate func sentence(_ explanation: String?) -> String {
    let message = postgres?.message ?? message
    let separator = message.contains("\n") ? "\n" : ": "
    var lines = [explanation.map { "\(message)\(separator)\($0)" } ?? message]
    if let detail = postgres?.detail { lines.append("Detail: \(detail)") }
    // The server's hint is a guess, as the explanation is; ours knows more.
    if explanation == nil, let hint = postgres?.hint { lines.append("Hint: \(hint)") }
    return lines.joined(separator: "\n")
  }
}

extension ApplyFailure {
  fileprivate func isSame(as other: ApplyFailure) -> Bool {
    statementIndex == other.statementIndex && postgres?.sqlState == other.postgres?.sqlState
      && postgres?.message == other.postgres?.message
  }
}

extension Script {
  /// Of its statements, in order: the same for two files that differ in comments, blanks and case only.
  fileprivate var words: [Substring] { statements.flatMap { SQLWords.list(of: $0.text) } }
}

extension Script {
  /// Whether its transaction may have to be committed in the middle.
  fileprivate var addsEnumValue: Bool {
    statements.contains { if case .alterEnum = $0.syntax { true } else { false } }
  }
}

extension String {
  fileprivate var lastComponent: String { split(separator: "/").last.map(String.init) ?? self }
}
